"""Leader election with Leases, as in client-go: only one of several processes works at a time."""
