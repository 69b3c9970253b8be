"""Commands for keys and the shell."""
