"""The topology as pictures, pages and text."""
