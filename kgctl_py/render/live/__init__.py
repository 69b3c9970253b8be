"""The events and the state of a running command."""
