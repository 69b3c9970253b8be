"""Problems of a single peer."""

from collections.abc import Iterator

from kgctl_py import findings, names
from kgctl_py.findings import Finding, Kind, Subject, code_of_ignored
from kgctl_py.mesh.address import masked, unusable, unusable_endpoint
from kgctl_py.mesh.nodes_and_peers import IgnoredReason, Peer
from kgctl_py.wireguard.conf import MAX_KEEPALIVE, OUT_OF_RANGE
from kgctl_py.wireguard.key import ENCRYPTED, REDACTED

_NANOSECONDS = 1_000_000_000


def by_itself(peer: Peer) -> Iterator[Finding]:
    """Yield the findings that do not depend on other peers, also for a peer that Kilo skips."""
    yield from not_ready(peer)
    yield from of_peer(peer)
    yield from roaming(peer)


def of_peer(peer: Peer) -> Iterator[Finding]:
    """Yield the findings about the values of a peer that Kilo uses."""
    yield from ignored_values(peer)
    yield from keepalive_out_of_range(peer)
    yield from host_bits(peer)
    yield from unusable_ips(peer)
    yield from unusable_endpoints(peer)


def not_ready(peer: Peer) -> Iterator[Finding]:
    """Yield each reason why Kilo skips the peer."""
    for fault in peer.faults:
        yield _finding(findings.Code.PEER_INVALID, peer, fault.field, f"Kilo skips it: {fault}", fault.hint)
    if peer.is_disabled:
        yield _finding(findings.Code.PEER_DISABLED, peer, "spec.allowedIPs", "it is disabled")
    elif not peer.faults and not peer.allowed_ips:
        yield _finding(findings.Code.PEER_NOIPS, peer, "spec.allowedIPs", "Kilo skips it: it has no allowedIPs")
    if not peer.faults and not peer.public_key:
        yield _finding(
            findings.Code.PEER_NOKEY, peer, "spec.publicKey", "Kilo skips it: its publicKey is all zeros"
        )


def expired(peer: Peer, now: float) -> Iterator[Finding]:
    """Yield a finding if the peer has expired at the Unix time `now`, or if its time is not valid."""
    text = peer.annotations.get(names.EXPIRES)
    if peer.is_expired(now):
        state = "exists" if peer.why_not_ready() else "has access"
        yield _finding(findings.Code.PEER_EXPIRED, peer, names.EXPIRES, f"it expired at {text}, but still {state}")
    elif text is not None and peer.expires is None:
        message, command = f'"{text}" is not a time, so the peer never expires', _set_command(peer, "--expires 7d")
        yield _finding(findings.Code.PEER_EXPIRED, peer, names.EXPIRES, message, "set a valid time", command)


def redacted(peer: Peer) -> Iterator[Finding]:
    """Yield a finding if the preshared key is not in the bundle, or is encrypted."""
    if peer.preshared_key == REDACTED:
        message = "its preshared key is not in the bundle, so the output does not contain it"
        hint = "create the configuration from the live cluster, or gather the bundle again with --include-secrets"
        yield _finding(findings.Code.REDACTED, peer, "spec.presharedKey", message, hint)
    if peer.preshared_key == ENCRYPTED:
        message = "its preshared key is encrypted in its file, so the output does not contain it"
        yield _finding(
            findings.Code.REDACTED, peer, "spec.presharedKey", message, "to see the key, use sops decrypt"
        )


def ignored_values(peer: Peer) -> Iterator[Finding]:
    """Yield the values that Kilo ignores; a preshared key is not shown."""
    for value in peer.ignored_values:
        command = _keep_the_name(peer) if value.reason is IgnoredReason.SECOND_ENDPOINT else ""
        yield _finding(code_of_ignored(value), peer, value.field, str(value), command=command)


def keepalive_out_of_range(peer: Peer) -> Iterator[Finding]:
    """Yield a keepalive that WireGuard does not accept."""
    if peer.persistent_keepalive > MAX_KEEPALIVE:
        seconds = peer.persistent_keepalive
        message = f"persistentKeepalive {seconds} {OUT_OF_RANGE}"
        meant = _in_seconds(seconds)
        hint = f"if the Go kgctl wrote it in nanoseconds, use {meant}" if meant else ""
        command = _set_command(peer, f"--keepalive {meant or 25}")
        yield _finding(findings.Code.KEEPALIVE, peer, "spec.persistentKeepalive", message, hint, command)


def host_bits(peer: Peer) -> Iterator[Finding]:
    """Yield allowed IPs with host bits set."""
    for index, cidr in enumerate(peer.allowed_ips):
        if masked(cidr) != cidr:
            message = f'allowed IP "{cidr}" has host bits set: WireGuard routes all of {masked(cidr)} to the peer'
            place = "" if peer.faults else f"[{index}]"  # invalid entries are not counted
            command = "" if peer.faults else _without_host_bits(peer)
            yield _finding(findings.Code.HOST_BITS, peer, f"spec.allowedIPs{place}", message, command=command)


def unusable_ips(peer: Peer) -> Iterator[Finding]:
    """Yield allowed IPs that no peer can have."""
    for index, cidr in enumerate(peer.allowed_ips):
        if why := unusable(cidr):
            place = "" if peer.faults else f"[{index}]"
            message = f'allowed IP "{cidr}" {why}, so no peer can have it'
            hint = (
                "give the peer another address with the option --ip of kgctl peer set, which replaces all its "
                "allowed IPs, and update the configuration on its machine"
            )
            yield _finding(findings.Code.PEER_UNUSABLE, peer, f"spec.allowedIPs{place}", message, hint)


def unusable_endpoints(peer: Peer) -> Iterator[Finding]:
    """Yield an endpoint with an address that no peer can have."""
    if peer.endpoint and peer.endpoint.ip and (why := unusable_endpoint(peer.endpoint)):
        message = f'endpoint "{peer.endpoint}" {why}, so no node can send packets to it'
        hint = "set an address at which nodes reach the peer, with the option --endpoint of kgctl peer set"
        yield _finding(findings.Code.PEER_UNUSABLE, peer, "spec.endpoint.dnsOrIP.ip", message, hint)


def roaming(peer: Peer) -> Iterator[Finding]:
    """Yield a finding if the peer has no endpoint and no keepalive, so that Kilo resets its endpoint."""
    if not peer.faults and not peer.is_disabled and peer.endpoint is None and peer.persistent_keepalive == 0:
        message = (
            "it has no endpoint and no keepalive, so every 30 seconds Kilo resets the endpoint that "
            "WireGuard learned"
        )
        yield _finding(findings.Code.PEER_ROAM, peer, "spec.persistentKeepalive", message)


def _in_seconds(keepalive: int) -> int:
    """Return a keepalive of nanoseconds in seconds; 0 if it is too large for WireGuard."""
    seconds = keepalive // _NANOSECONDS
    return seconds if seconds <= MAX_KEEPALIVE else 0


def _keep_the_name(peer: Peer) -> str:
    return _set_command(peer, f"--endpoint {peer.endpoint}") if peer.endpoint else ""


def _without_host_bits(peer: Peer) -> str:
    networks = ",".join(str(masked(cidr)) for cidr in peer.allowed_ips)
    return _set_command(peer, f"--ip {networks}")


def _set_command(peer: Peer, option: str) -> str:
    from kgctl_py.escape_text import typed  # most peers have no problems

    return f"kgctl peer set {typed(peer.name)} {option}"


def _finding(
    code: "findings.Code", peer: Peer, field: str, message: str, hint: str = "", command: str = ""
) -> Finding:
    subject = Subject(Kind.PEER, peer.name)
    return Finding(code=code, subject=subject, field=field, message=message, hint=hint, command=command)
