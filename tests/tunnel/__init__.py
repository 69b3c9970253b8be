"""kgctl's configurations with real WireGuard and real packets."""
