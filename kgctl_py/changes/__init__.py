"""Compare two meshes, and compute a hypothetical mesh, as pure functions; `compare/` uses them."""
