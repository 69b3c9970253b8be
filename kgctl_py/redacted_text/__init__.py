"""Redaction of text for other people: logs, messages, and command lines."""
