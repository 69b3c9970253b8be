"""Services of one cluster that another one reaches: copies without a selector, with the addresses of the first."""
