"""Complete WireGuard configurations: build, compare, and update them."""
