"""What `kgctl peering` prints: plans, tables, and problems."""
