"""The interface of this machine: its desired state, and the changes to reach that state."""
