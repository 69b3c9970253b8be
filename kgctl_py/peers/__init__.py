"""Changing Peers: each use case takes a cluster and plain values, and prints nothing."""
