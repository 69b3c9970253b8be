"""Two clusters joined: the Peers that each needs for the segments of the other, planned, checked, and written."""
