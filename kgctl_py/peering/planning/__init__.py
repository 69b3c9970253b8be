"""The plan of a peering, computed without I/O: the Peers, the problems, and the changes in a safe order."""
