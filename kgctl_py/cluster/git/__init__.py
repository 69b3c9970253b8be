"""A cluster whose Peers are files in a folder kept in Git."""
