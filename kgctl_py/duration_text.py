"""A duration as text for people."""


def elapsed(seconds: int) -> str:
    """Return a duration in its two largest units: `42s`, `7m12s`, `3h5m`, `12d4h`."""
    for size, unit, small, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s")):
        if seconds >= size:
            return f"{seconds // size}{unit}{seconds % size // small}{small_unit}"
    return f"{seconds}s"
