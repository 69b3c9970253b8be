"""Findings as text and data: the report of `check`, and the findings of `lint`."""
