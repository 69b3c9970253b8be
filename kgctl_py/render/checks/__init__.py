"""Findings and check results as text and data."""
