"""The bytes between kgctl and an API server."""
