"""Services of one cluster that another one has, too: without a selector, with the addresses of the first."""
