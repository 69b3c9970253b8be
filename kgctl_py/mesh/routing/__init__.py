"""The routes of each member of a mesh, and the paths of packets."""
