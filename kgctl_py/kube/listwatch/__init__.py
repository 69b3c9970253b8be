"""Lists kept current by watches, as in client-go."""
