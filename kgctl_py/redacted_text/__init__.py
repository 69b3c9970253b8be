"""Redact text for other people: logs, messages, and command lines."""
