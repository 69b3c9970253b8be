"""Text from the cluster without control characters, safe for a terminal, a comment or a label."""


def visible(text: str) -> str:
    r"""Return `text` on one line with every control or invisible character spelled out, as `\n` or `\x1b`.

    Names, locations and annotations of the cluster are untrusted: escapes in them must not move the cursor,
    and line breaks must not begin a new line.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
