"""Text from the cluster, made harmless for a terminal, a comment or a label."""


def visible(text: str) -> str:
    r"""Give `text` on one line with every control or invisible character spelled out, as `\n` or `\x1b`.

    Object names, locations and annotations are whatever somebody wrote; escapes in them must not move a
    cursor, and line breaks must not start a line of their own.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
