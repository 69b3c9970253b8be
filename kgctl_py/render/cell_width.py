"""The number of terminal cells that a text takes."""


def display_width(text: str) -> int:
    """Return the width of `text` in cells of a terminal: two for wide East Asian characters, none for accents."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
