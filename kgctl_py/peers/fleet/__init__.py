"""A fleet: Peers that files declare, and the changes that create them in a cluster."""
