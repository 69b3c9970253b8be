"""The differences of two meshes as text and data."""
