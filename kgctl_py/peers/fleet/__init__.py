"""A fleet: Peers declared in files, and the changes that make a cluster have them."""
