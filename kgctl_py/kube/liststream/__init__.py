"""Whole lists, read item by item while the server sends them."""
