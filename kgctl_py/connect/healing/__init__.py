"""Sessions that a change of the mesh has ended, restarted at once."""
