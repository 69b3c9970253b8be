"""A cluster whose Peers are files in a Git folder."""
