"""Restart WireGuard sessions that a change in the mesh broke."""
