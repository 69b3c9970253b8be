"""The mesh: nodes, peers, and the topology that Kilo computes from them; no I/O, no clock."""
