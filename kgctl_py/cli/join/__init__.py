"""Commands that connect a machine to the mesh."""
