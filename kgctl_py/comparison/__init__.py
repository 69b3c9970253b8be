"""Use cases that compare one mesh with another: as it would be, as it was, or as it changes."""
