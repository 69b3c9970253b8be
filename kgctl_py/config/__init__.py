"""Whole WireGuard configurations: made, compared, and kept current."""
