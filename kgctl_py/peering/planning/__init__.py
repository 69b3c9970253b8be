"""What a peering needs: the Peers, what prevents it, and the changes in a safe order; computed without I/O."""
