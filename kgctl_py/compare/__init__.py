"""The use cases of `simulate`, `changes`, and `events`: read two meshes, and return what differs."""
