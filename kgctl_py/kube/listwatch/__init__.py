"""Lists that watches keep current, as in client-go."""
