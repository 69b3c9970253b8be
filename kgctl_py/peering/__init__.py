"""Join clusters: plan, check, and write the Peers that each cluster needs for the segments of the others."""
