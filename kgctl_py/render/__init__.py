"""Values to text, one file a format; nothing here reads a cluster or writes a file."""
