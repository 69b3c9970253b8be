"""`kgctl connect` and `kgctl disconnect`: this host is a peer of the mesh for as long as it wants to be."""
