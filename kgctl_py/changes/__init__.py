"""What differs between two meshes, and meshes as they would be: `simulate`, `changes` and `events` share it."""
