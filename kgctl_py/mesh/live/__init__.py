"""A mesh that changes while a command runs."""
