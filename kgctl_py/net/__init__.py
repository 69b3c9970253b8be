"""The network of this machine: interfaces, addresses, routes, and WireGuard devices; independent of Kilo."""
