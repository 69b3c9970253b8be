"""The owners of an address or a key, as text for people and as plain data for programs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.escape_text import visible
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.whois import Claim, Kind, Place
from kgctl_py.render.trace import place_data
from kgctl_py.wireguard import Key


def claims_text(subject: str, claims: Iterable[Claim], topology: Topology | None) -> str:
    """Return a line for each claim, with the segment of a node if there is a topology."""
    segments = dict(_segments(topology))
    return "".join(f"{visible(f'{subject} is {_claim(claim, segments)}')}\n" for claim in claims)


def owners_text(claims: Iterable[Claim], topology: Topology | None) -> str:
    """Return a line for each claim that names its owner, its role and its network."""
    segments = dict(_segments(topology))
    return "".join(f"{visible(_owner(claim, segments))}\n" for claim in claims)


def _owner(claim: Claim, segments: Mapping[Place, str]) -> str:
    single = claim.cidr.prefixlen == claim.cidr.max_prefixlen
    what = claim.cidr.ip if single else claim.cidr
    problem = f", but {claim.problem}" if claim.problem else ""
    return f"{claim.place}{segments.get(claim.place, '') if claim.place else ''}: {claim.role} {what}{problem}"


def _segments(topology: Topology | None) -> Iterator[tuple[Place, str]]:
    """Return for each ready node the words for its segment, and whether it leads there."""
    for segment in topology.segments if topology else ():
        for node in segment.nodes:
            leader = "its leader" if node is segment.leader else f"leader {segment.leader.name}"
            yield Place(Kind.NODE, node.name), f" in {segment.name} ({leader})"


def _claim(claim: Claim, segments: Mapping[Place, str]) -> str:
    if claim.place is None:
        return f"in the {claim.role} {claim.cidr}"
    single = claim.cidr.prefixlen == claim.cidr.max_prefixlen
    what = f"the {claim.role} of" if single else f"in the {claim.role} {claim.cidr} of"
    heard = f", as {claim.seen_by} sees it" if claim.seen_by else ""
    problem = f", but {claim.problem}" if claim.problem else ""
    return f"{what} {claim.place}{segments.get(claim.place, '')}{heard}{problem}"


def claims_data(subject: str, claims: Iterable[Claim]) -> dict[str, Any]:
    """Return the claims for programs; at most those that are routed are where traffic goes."""
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


def keys_text(holders: Iterable[tuple[Place, Key]], topology: Topology | None) -> str:
    """Return a line for each holder of a public key, with the segment of a node if there is a topology."""
    segments = dict(_segments(topology))
    return "".join(
        f"{visible(f'{key} is the public key of {place}{segments.get(place, str())}')}\n" for place, key in holders
    )


def keys_data(subject: str, holders: Iterable[tuple[Place, Key]]) -> dict[str, Any]:
    """Return the holders of a public key for programs."""
    holding = [{"role": "public key", "key": str(key), "place": place_data(place)} for place, key in holders]
    return _document(subject, holding)


def _document(subject: str, claims: list[dict[str, Any]]) -> dict[str, Any]:
    return {"apiVersion": names.OUTPUT_API_VERSION, "kind": "Whois", "subject": subject, "claims": claims}
