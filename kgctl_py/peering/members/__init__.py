"""The clusters of a peering: read once, followed by watches, or exported to a file."""
