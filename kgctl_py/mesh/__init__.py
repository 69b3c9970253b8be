"""The mesh: nodes, peers, and the topology that Kilo computes from them; without I/O and without a clock."""
