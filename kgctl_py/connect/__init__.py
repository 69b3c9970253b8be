"""This host as a peer, live: from each mesh to what the interface is to be, and from there to the interface."""
