"""What the network is: nodes, peers, and the topology that Kilo computes from them; no I/O, no clock."""
