"""The clusters of a peering, and the options with which they were joined."""

from collections.abc import Mapping, Sequence

from kgctl_py import names
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options.kept_peering_options import DEFAULTS, Pair, options_in
from kgctl_py.cli.options.peering_options import PeeringOptions
from kgctl_py.cli.peering.sides import open_sides, with_service_cidrs
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.escape_text import visible
from kgctl_py.notice import note, warning
from kgctl_py.peering.members.read_members import Side, named
from kgctl_py.peering.planning.settings import GRACE, PeeringSettings
from kgctl_py.value import replace


def prepare_joined(
    run: Invocation, words: Sequence[str], options: PeeringOptions
) -> tuple[tuple[Side, ...], PeeringSettings]:
    """Return the clusters and the settings of their peering: the given options, or those that their Peers store.

    Raise UsageError, or KgctlError if a cluster cannot be read.
    """
    sides = open_sides(run, words)
    known = [side.name for side in sides]
    if options != DEFAULTS:
        return with_service_cidrs(sides, options), options.settings(known, GRACE)
    try:
        kept = _kept_options(sides)
        settings = replace(kept.settings(known, GRACE), is_kept=True)
        return with_service_cidrs(sides, kept), settings
    except UsageError as error:
        terminal.tell_notice(warning(f"ignoring the options that are stored in the Peers: {error.message}"))
        return sides, DEFAULTS.settings(known, GRACE)


def _kept_options(sides: Sequence[Side]) -> PeeringOptions:
    """Return the options that the Peers store, and print them; raise UsageError or KgctlError."""
    texts = {pair: [text for text in found if text] for pair, found in _texts(sides).items()}
    told = " ".join(dict.fromkeys(text for found in texts.values() for text in found))
    if told:
        text = f'comparing with the options of the last "kgctl peering connect": {visible(told)}'
        terminal.tell_notice(note(text))
    return options_in(texts)


def _texts(sides: Sequence[Side]) -> Mapping[Pair, Mapping[str, None]]:
    known = {side.name for side in sides}
    found: dict[Pair, dict[str, None]] = {}
    for side in sides:
        try:
            peers = side.cluster.mesh().peers
        except KgctlError as error:
            raise named(side, error) from None
        for peer in peers:
            other = peer.labels.get(names.PEERING)
            if other in known - {side.name}:
                text = peer.annotations.get(names.PEERING_OPTIONS, "")
                found.setdefault(frozenset((side.name, other)), {})[text] = None
    return found
