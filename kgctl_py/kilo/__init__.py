"""Kilo in Kubernetes: how it stores its network, and how it is installed."""
