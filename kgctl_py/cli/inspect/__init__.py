"""Commands that show the mesh."""
