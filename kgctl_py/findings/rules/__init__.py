"""What can be wrong, one file a subject."""
