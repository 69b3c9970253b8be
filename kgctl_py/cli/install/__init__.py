"""Commands that install Kilo and check its manifests."""
