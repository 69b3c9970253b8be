"""The state of a running command."""
