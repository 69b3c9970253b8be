"""This host as a peer: its Peer registered, its interface reconciled with each mesh, both removed in the end."""
