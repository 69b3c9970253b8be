"""Make this machine a peer: register it, reconcile its interface with each mesh, and remove both at the end."""
