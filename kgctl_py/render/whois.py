"""The owners of an address or a key, as sentences for people and as plain data for programs."""

from collections.abc import Iterable, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.mesh.whois import Claim, Place
from kgctl_py.render.trace import place_data
from kgctl_py.visible import visible
from kgctl_py.wireguard import Key


def claims_text(subject: str, claims: Iterable[Claim], standing: Mapping[Place, str]) -> str:
    """Return a line for each claim; `standing` tells of a node where it stands in the mesh."""
    return "".join(f"{visible(f'{subject} is {_claim(claim, standing)}')}\n" for claim in claims)


def _claim(claim: Claim, standing: Mapping[Place, str]) -> str:
    if claim.place is None:
        return f"in the {claim.role} {claim.cidr}"
    single = claim.cidr.prefixlen == claim.cidr.max_prefixlen
    what = f"the {claim.role} of" if single else f"in the {claim.role} {claim.cidr} of"
    heard = f", as {claim.seen_by} hears it" if claim.seen_by else ""
    problem = f", but {claim.problem}" if claim.problem else ""
    return f"{what} {claim.place}{standing.get(claim.place, '')}{heard}{problem}"


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


def keys_text(holders: Iterable[tuple[Place, Key]], standing: Mapping[Place, str]) -> str:
    """Return a line for each holder of a public key."""
    return "".join(
        f"{visible(f'{key} is the public key of {place}{standing.get(place, str())}')}\n" for place, key in holders
    )


def keys_data(subject: str, holders: Iterable[tuple[Place, Key]]) -> dict[str, Any]:
    """Return the holders of a public key for programs."""
    holding = [{"role": "public key", "key": str(key), "place": place_data(place)} for place, key in holders]
    return _document(subject, holding)


def _document(subject: str, claims: list[dict[str, Any]]) -> dict[str, Any]:
    return {"apiVersion": names.OUTPUT_API_VERSION, "kind": "Whois", "subject": subject, "claims": claims}
