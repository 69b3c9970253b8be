"""Complete the words of `kgctl get` in the shell: kinds, then names of the kind."""

import typer

from kgctl_py.cli.complete_names import complete_nodes, complete_peers

_PLURALS = ("nodes", "peers", "locations")


def complete_words(context: typer.Context, incomplete: str) -> list[str]:
    """Return the kinds, or the names of the kind that the line already has."""
    words: list[str] = context.params.get("words") or []
    if not words:
        return [kind for kind in _PLURALS if kind.startswith(incomplete)]
    match words[0]:
        case "node" | "nodes" | "no":
            return complete_nodes(context, incomplete)
        case "peer" | "peers":
            return complete_peers(context, incomplete)
    return []
