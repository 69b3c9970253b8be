"""Peers created, changed, and removed."""
