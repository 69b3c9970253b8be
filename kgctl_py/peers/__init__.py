"""Use cases that change Peers; each takes a cluster and values, and does not print."""
