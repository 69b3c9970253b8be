"""How Kilo is deployed: what runs on a node, with which flags and mounts, and what goes together."""
