"""HTTP between kgctl and an API server."""
