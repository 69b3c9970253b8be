"""How Kilo stores its network in Kubernetes, and how it is installed there."""
