"""kgctl for Kilo: reads Nodes and Peers, computes the WireGuard mesh and prints it."""

__version__ = "0.1.0"
