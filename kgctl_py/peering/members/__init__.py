"""The clusters that take part in a peering: read, followed, or exported to a file."""
