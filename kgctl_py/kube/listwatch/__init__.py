"""Lists kept current by watches, as client-go's reflector does it."""
