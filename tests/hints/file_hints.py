"""The hints about Peers in files, followed by somebody with an editor."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgctl_py.findings import Code
from tests.cli.kgctl import kgctl
from tests.findings.file_cases import Bundled, Case, Manifests
from tests.hints.cases import NOT_RUN
from tests.hints.healing import IN_WORDS, Row
from tests.in_memory import Raw, peer

Peers = tuple[Raw, ...]
_NO_HINT = "none: the message says where it is"


def _with_spec(raw: Raw, **spec: Any) -> Raw:
    return {**raw, "spec": spec}


def _renamed_field(peers: Peers) -> Peers:
    (only,) = peers
    spec = dict(only["spec"])
    return (
        _with_spec(
            only, presharedKey=only["spec"]["publicKey"], **{k: spec[k] for k in spec if k != "presharedkey"}
        ),
    )


def _other_name(peers: Peers) -> Peers:
    return (*peers[:-1], {**peers[-1], "metadata": {"name": "q"}})


def _other_address(peers: Peers) -> Peers:
    return (*peers[:-1], _with_spec(peers[-1], **peers[-1]["spec"] | {"allowedIPs": ["10.9.0.1/32"]}))


def _keepalive(peers: Peers) -> Peers:
    return tuple(_with_spec(one, **one["spec"], persistentKeepalive=25) for one in peers)


def _other_key(peers: Peers) -> Peers:
    return (
        *peers[:-1],
        _with_spec(peers[-1], **peers[-1]["spec"] | {"publicKey": peer("other")["spec"]["publicKey"]}),
    )


def _valid(_: Peers) -> Peers:
    return (peer("p", persistentKeepalive=25),)


_EDITED: dict[Code, Callable[[Peers], Peers]] = {
    Code.FILE: _keepalive,
    Code.FIELD: _renamed_field,
    Code.PEER_NAME: _other_name,
    Code.PEER_WITHIN: _other_address,
    Code.PEER_ROAM: _keepalive,
    Code.KEY_TWICE: _other_key,
    Code.PEER_DNS_NUMBER: _valid,
    Code.PEER_DNS_AND_IP: _valid,
    Code.PEER_UNUSABLE: _valid,
    Code.PEER_NOIPS: _valid,
    Code.PEER_NOKEY: _valid,
    Code.HOST_BITS: _valid,
}


def _one(**spec: Any) -> Manifests:
    return Manifests((peer("p", **{"persistentKeepalive": 25} | spec),))


def _at(**host: str) -> Mapping[str, Any]:
    return {"dnsOrIP": host, "port": 51820}


_MORE = {
    Code.PEER_ROAM: Manifests((peer("p"),)),
    Code.PEER_DNS_NUMBER: _one(endpoint=_at(dns="10.0.0")),
    Code.PEER_DNS_AND_IP: _one(endpoint=_at(dns="a.example.com", ip="192.0.2.1")),
    Code.PEER_UNUSABLE: _one(allowedIPs=["127.0.0.1/32"]),
    Code.PEER_NOIPS: _one(allowedIPs=[]),
    Code.PEER_NOKEY: _one(publicKey="A" * 43 + "="),
    Code.HOST_BITS: _one(allowedIPs=["10.5.0.9/24"]),
    Code.KEY_TWICE: Manifests(
        (
            peer("p", persistentKeepalive=25),
            _with_spec(peer("q"), **peer("p")["spec"] | {"allowedIPs": ["10.5.0.9/32"]}),
        )
    ),
}
"""Files with what a cluster can also have, for which `kgctl lint` has another hint."""


def file_rows(cases: Mapping[Code, Case]) -> Iterator[Row]:
    """Yield a row for each hint about files."""
    triggers = [(code, one) for code, case in cases.items() for one in case.triggers]
    for code, trigger in (*triggers, *_MORE.items()):
        if isinstance(trigger, Bundled):
            yield Row(code, trigger.hint(), NOT_RUN[code])
            continue
        before = _linted(trigger)
        assert code in before
        after = _linted(Manifests(_EDITED[code](trigger.peers)))
        assert after.keys() < before.keys(), (code, after)
        assert code not in after
        yield Row(code, before[code] or _NO_HINT, IN_WORDS)


def _linted(manifests: Manifests) -> dict[str, str]:
    """Return the hints by their codes."""
    run = kgctl("lint", "-", "-o", "json", stdin=manifests.text().encode())
    return {one["code"]: one["hint"] for one in json.loads(run.stdout)["findings"]}
