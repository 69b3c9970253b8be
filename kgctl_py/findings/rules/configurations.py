"""Problems of a configuration that WireGuard ignores silently."""

from collections.abc import Iterable, Iterator

from kgctl_py import names, wireguard
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.mesh.segments_and_leaders import shown_segment
from kgctl_py.wireguard.conf import Loop, find_loops

_LEAVE_OUT = "to leave out the route, create the configuration with -o wg-quick"
_OUTSIDE = f"set the annotation {names.FORCE_ENDPOINT} of the node to an endpoint outside of {{}}"

Numbered = tuple[int, Finding]
"""A finding, and the number of its peer, because comments can be the same or missing."""


def numbered_problems(conf: wireguard.Conf, own_key: wireguard.Key | None) -> Iterator[Numbered]:
    """Yield all problems of a configuration in any format, whose interface has the public key `own_key`."""
    numbers = {id(peer): number for number, peer in enumerate(conf.peers)}
    yield from _keys_twice(conf, own_key)
    yield from _allowed_ips_twice(conf)
    for loop in find_loops(conf):
        message = f"{_what(loop)}, so the tunnel would be routed into itself"
        yield numbers[id(loop.peer)], _finding(loop, message, f"remove {loop.route} from the allowed IPs")


def twofold(conf: wireguard.Conf, own_key: wireguard.Key | None) -> Iterator[Finding]:
    """Yield duplicate public keys and allowed IPs, of which WireGuard keeps the last one."""
    for _, finding in (*_keys_twice(conf, own_key), *_allowed_ips_twice(conf)):
        yield finding


def loops(found: Iterable[Loop]) -> Iterator[Finding]:
    """Yield the routes that would send the packets of the tunnel into the tunnel."""
    for loop in found:
        message = f"{_what(loop)}, so wg-quick would route the tunnel into itself"
        yield _finding(loop, message, _LEAVE_OUT if loop.avoidable else _OUTSIDE.format(loop.route))


def loops_left_out(loops: Iterable[Loop]) -> Iterator[Finding]:
    """Yield the routes that were left out, and those that stay because they contain more addresses."""
    for loop in sorted(loops, key=lambda loop: loop.avoidable):
        if loop.avoidable:
            yield _finding(loop, f"{_what(loop)}, so the route is left out: it would send the tunnel into itself")
        else:
            hint = f"{_OUTSIDE.format(loop.route)}, or use --table off and your own routes"
            yield _finding(loop, f"{_what(loop)}, so the tunnel is routed into itself", hint)


def _what(loop: Loop) -> str:
    route = f"its allowed IP {loop.route}"
    if loop.through is not loop.peer:
        route = f'the allowed IP {loop.route} of "{_name(loop.through)}"'
    verb = "is the address of" if loop.avoidable else "contains"
    return f"{route} {verb} its endpoint {loop.peer.endpoint}"


def _finding(loop: Loop, message: str, hint: str = "") -> Finding:
    return Finding(code=Code.LOOP, subject=_section(loop.peer), message=message, hint=hint)


def _keys_twice(conf: wireguard.Conf, own_key: wireguard.Key | None) -> Iterator[Numbered]:
    last = {peer.public_key: index for index, peer in enumerate(conf.peers)}
    for index, peer in enumerate(conf.peers):
        if peer.public_key and peer.public_key == own_key:
            message = "it has the public key of the interface itself, so WireGuard leaves it out"
        elif last[peer.public_key] != index:
            later = conf.peers[last[peer.public_key]].comment
            other = f'"{later}"' if later else "a later section"
            message = f"it has the public key of {other}, which replaces it"
        else:
            continue
        yield index, Finding(code=Code.KEY_TWICE, subject=_section(peer), field="PublicKey", message=message)


def _allowed_ips_twice(conf: wireguard.Conf) -> Iterator[Numbered]:
    """Yield allowed IPs that a later peer with another key also has."""
    last = {cidr.masked(): peer for peer in conf.peers for cidr in peer.allowed_ips}
    for index, peer in enumerate(conf.peers):
        for cidr in dict.fromkeys(cidr.masked() for cidr in peer.allowed_ips):
            owner = last[cidr]
            if owner.public_key != peer.public_key:
                message = f'it does not get its allowed IP {cidr}: "{_name(owner)}" also has it and comes later'
                subject = _section(peer)
                yield index, Finding(code=Code.PEER_DUP, subject=subject, field="AllowedIPs", message=message)


def _name(peer: wireguard.Peer) -> str:
    segment, comma, leader = (peer.comment or str(peer.public_key)).partition(", leader ")
    return f"{shown_segment(segment)}{comma}{leader}"


def _section(peer: wireguard.Peer) -> Subject:
    return Subject(Kind.SECTION, _name(peer))
