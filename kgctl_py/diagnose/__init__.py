"""`kgctl check`: what is wrong in a mesh, looked for section by section."""
