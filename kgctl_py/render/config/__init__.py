"""WireGuard configurations as text."""
