"""Kubernetes objects: their kinds, and decoding from JSON and YAML."""
