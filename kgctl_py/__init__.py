"""kgctl for Kilo: reads Nodes and Peers, computes the WireGuard mesh, and prints it."""

__version__ = "0.1.0"
RELEASED = "2026-11-25"
"""The date of this version, which is in the manual pages."""
