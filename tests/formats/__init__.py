"""Formats of whole configurations, read back by their own programs and by readers written from their manuals."""
