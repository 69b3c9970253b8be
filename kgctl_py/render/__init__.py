"""Render values as text, one file per format; this package does not read clusters or write files."""
