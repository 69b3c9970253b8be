"""WireGuard configurations for programs other than wg(8), one module per format."""
