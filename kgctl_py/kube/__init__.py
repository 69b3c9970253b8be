"""How Kilo keeps its network in Kubernetes: what is stored where, and how to read it."""
