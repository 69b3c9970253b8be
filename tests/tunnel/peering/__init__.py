"""Clusters of the lab that a router joins, with agents that apply each event of their API server in its order."""
