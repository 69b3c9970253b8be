"""This host as a peer: register its Peer, reconcile its interface with each mesh, and remove both at the end."""
