"""A mesh that changes while a command follows it."""
