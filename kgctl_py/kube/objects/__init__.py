"""Kubernetes objects: their kinds, and how JSON and YAML become values."""
