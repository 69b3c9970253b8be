"""This host's network: interfaces, addresses, routes and WireGuard devices; nothing here knows Kilo."""
