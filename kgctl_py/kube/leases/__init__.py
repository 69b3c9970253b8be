"""Leader election by Leases, as client-go does it: of several processes with one task, one works at a time."""
