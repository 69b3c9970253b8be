"""The rules by which findings are made, one file a subject."""
