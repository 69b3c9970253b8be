"""The differences of two meshes, and a mesh as it would be: pure functions, which `compare/` uses."""
