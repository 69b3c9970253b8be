"""WireGuard configurations as text for other programs than wg(8), one module per format."""
