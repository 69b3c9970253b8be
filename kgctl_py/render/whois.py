"""The owners of an address or a key, as text for people and as plain data for programs."""

from collections.abc import Iterable, Iterator
from typing import Any

from kgctl_py import names
from kgctl_py.mesh.claims import Claim, Kind, Place
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.trace import place_data
from kgctl_py.render.wrapped_lines import wrapped
from kgctl_py.wireguard import Key


def claims_text(subject: str, claims: Iterable[Claim], topology: Topology | None, width: int | None = None) -> str:
    """Return a line for each claim, and one for the segment of each node if there is a topology."""
    claims = tuple(claims)
    lines = (f"{subject} is {_claim(claim)}" for claim in claims)
    return _lines((*lines, *_located((claim.place for claim in claims), topology)), width)


def owners_text(claims: Iterable[Claim], topology: Topology | None, width: int | None = None) -> str:
    """Return a line for each claim that names its owner, its role and its network."""
    claims = tuple(claims)
    lines = (_owner(claim) for claim in claims)
    return _lines((*lines, *_located((claim.place for claim in claims), topology)), width)


def _owner(claim: Claim) -> str:
    single = claim.cidr.prefixlen == claim.cidr.max_prefixlen
    what = claim.cidr.ip if single else claim.cidr
    problem = f", but {claim.problem}" if claim.problem else ""
    return f"{claim.place or 'mesh'}: {claim.role} {what}{problem}"


def _located(places: Iterable[Place | None], topology: Topology | None) -> Iterator[str]:
    """Yield one line for each ready node among `places`, with its segment and the leader."""
    segments = dict(_segments(topology))
    for place in dict.fromkeys(places):
        if place in segments:
            yield f"{place} {segments[place]}"


def _segments(topology: Topology | None) -> Iterator[tuple[Place | None, str]]:
    """Return the text about the segment and its leader for each ready node."""
    for segment in topology.segments if topology else ():
        for node in segment.nodes:
            leads = node is segment.leader
            words = f"leads {segment.name}" if leads else f"is in {segment.name} (leader {segment.leader.name})"
            yield Place(Kind.NODE, node.name), words


def _lines(lines: Iterable[str], width: int | None) -> str:
    return "".join(f"{line}\n" for text in lines for line in wrapped(text, width))


def _claim(claim: Claim) -> str:
    if claim.place is None:
        return f"in the {claim.role} {claim.cidr}"
    single = claim.cidr.prefixlen == claim.cidr.max_prefixlen
    what = f"the {claim.role} of" if single else f"in the {claim.role} {claim.cidr} of"
    heard = f", as {claim.seen_by} sees it" if claim.seen_by else ""
    problem = f", but {claim.problem}" if claim.problem else ""
    return f"{what} {claim.place}{heard}{problem}"


def claims_data(subject: str, claims: Iterable[Claim]) -> dict[str, Any]:
    """Return the claims for programs; traffic goes to those that are routed."""
    return _document(
        subject,
        [
            {
                "role": claim.role.value,
                "cidr": str(claim.cidr),
                "place": place_data(claim.place),
                "routed": claim.is_routed,
                "problem": claim.problem or None,
                "seenBy": claim.seen_by or None,
            }
            for claim in claims
        ],
    )


def keys_text(holders: Iterable[tuple[Place, Key]], topology: Topology | None, width: int | None = None) -> str:
    """Return a line for each holder of a public key, and one for the segment of a node if there is a topology."""
    holders = tuple(holders)
    lines = (f"{key} is the public key of {place}" for place, key in holders)
    return _lines((*lines, *_located((place for place, _ in holders), topology)), width)


def keys_data(subject: str, holders: Iterable[tuple[Place, Key]]) -> dict[str, Any]:
    """Return the holders of a public key for programs."""
    holding = [{"role": "public key", "key": str(key), "place": place_data(place)} for place, key in holders]
    return _document(subject, holding)


def _document(subject: str, claims: list[dict[str, Any]]) -> dict[str, Any]:
    return {"apiVersion": names.OUTPUT_API_VERSION, "kind": "Whois", "subject": subject, "claims": claims}
