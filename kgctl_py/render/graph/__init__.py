"""The topology as pictures, web pages, and text."""
