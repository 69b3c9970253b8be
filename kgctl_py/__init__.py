"""kgctl for Kilo: reads Nodes and Peers, computes the WireGuard mesh and prints it."""

__version__ = "0.1.0"
RELEASED = "2026-11-25"
"""The day of this version, which its manual pages bear."""
