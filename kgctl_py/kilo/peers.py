"""Peers as Kilo reads them, and as manifests (kilo pkg/k8s/apis/kilo/v1alpha1/types.go, pkg/k8s/backend.go)."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kube import decoding
from kgctl_py.mesh.address import IPInterface, host_cidr, parse_cidr
from kgctl_py.mesh.nodes_and_peers import IgnoredReason, IgnoredValue, Peer
from kgctl_py.value import replace
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import MAX_PORT, impossible_name, is_dns_name, parse_endpoint, parse_ip
from kgctl_py.wireguard.key import ENCRYPTED, UNKNOWN

_MISSING = re.compile('missing required field "([^"]+)"$')
_UNQUOTED = ("got a Boolean", "got a number")


def translate_peer(raw: resources.Peer) -> Peer:
    """Return the Peer that Kilo reads from `raw`; the `faults` of a Peer are the reasons why Kilo skips it."""
    try:
        spec = decoding.convert(raw.spec, resources.PeerSpec)
    except ValueError as error:
        faults = (malformed(str(error), "spec"),)
        peer = Peer(name=raw.metadata.name, allowed_ips=_readable_allowed_ips(raw.spec), faults=faults)
    else:
        peer = _Reader(spec).peer(raw.metadata.name)
    labels, annotations = raw.metadata.labels or {}, raw.metadata.annotations or {}
    return replace(peer, labels=labels, annotations=annotations, created=raw.metadata.creation_timestamp or "")


def read_peer(value: dict[str, Any]) -> Peer:
    """Return the Peer in a file, which no API server validated; it has a fault if its metadata cannot be read."""
    try:
        return translate_peer(decoding.convert(value, resources.Peer))
    except ValueError as error:
        readable = translate_peer(
            resources.Peer(metadata=resources.PeerMetadata(name=_name(value)), spec=value.get("spec"))
        )
        return replace(readable, faults=(malformed(str(error)), *readable.faults))


def _name(value: dict[str, Any]) -> str:
    """Return the name as text, if possible: for `name: y` it is `true`, as in the error of kubectl."""
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if name is None or isinstance(name, dict | list):
        return ""
    import json  # an API server accepts only a text, so only files need it

    return name if isinstance(name, str) else json.dumps(name)


def manifest(peer: Peer, annotations: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the manifest of `peer`, without values that are absent, off, or redacted.

    It has only the given `annotations`, because those of the Peer are for its own cluster.
    """
    metadata: dict[str, Any] = {"name": peer.name}
    if annotations:
        metadata["annotations"] = dict(annotations)
    spec: dict[str, Any] = {"allowedIPs": [str(cidr) for cidr in peer.allowed_ips]}
    if peer.endpoint:
        spec["endpoint"] = endpoint_spec(peer.endpoint)
    if 0 < peer.persistent_keepalive <= MAX_KEEPALIVE:
        spec["persistentKeepalive"] = peer.persistent_keepalive
    if peer.preshared_key and peer.preshared_key not in UNKNOWN:
        spec["presharedKey"] = str(peer.preshared_key)
    spec["publicKey"] = str(peer.public_key or "")
    return {"kind": names.PEER_KIND, "apiVersion": names.API_VERSION, "metadata": metadata, "spec": spec}


def endpoint_spec(endpoint: Endpoint) -> dict[str, Any]:
    """Return `spec.endpoint` of a Peer."""
    kind = "dns" if endpoint.name else "ip"
    return {"dnsOrIP": {kind: endpoint.host}, "port": endpoint.port}


def malformed(reason: str, root: str = "") -> IgnoredValue:
    """Return the fault of the field `root`, or of the field in it that the message of msgspec names."""
    why, _, place = reason.partition(' - at "$')
    missing = _MISSING.search(why)
    inner = f".{missing[1]}" if missing else ""
    field = (root + place.removesuffix('"') + inner).removeprefix(".")
    if missing or (why.endswith("got null") and not field.endswith("]")):
        return IgnoredValue(field=field, text="", why="is missing")
    hint = "put it in quotes" if why.startswith("expected a string") and why.endswith(_UNQUOTED) else ""
    return IgnoredValue(field=field, text="", why=f"cannot be read: {why}", hint=hint)


def _readable_allowed_ips(spec: Any) -> tuple[IPInterface, ...]:
    """Return the readable allowed IPs of a Peer that Kilo skips: they are used after the Peer is corrected."""
    texts = spec.get("allowedIPs") if isinstance(spec, dict) else None
    cidrs = []
    for text in texts if isinstance(texts, list) else ():
        with contextlib.suppress(ValueError):
            cidrs.append(parse_cidr(str(text)))
    return tuple(cidrs)


def _impossible(name: str) -> str:
    """Return why a DNS name is impossible; empty if it is possible."""
    return (
        "is a number, not a name; the Go kgctl writes the port there" if name.isdigit() else impossible_name(name)
    )


def _hint_of_nil(where: resources.DNSOrIP, port: int) -> str:
    """Return what to do about the `<nil>` that the Go kgctl writes in place of an IP address."""
    if where.ip == "<nil>" and where.dns:
        return "remove the line; the Go kgctl writes it beside a DNS name"
    if where.ip == "<nil>" and not port:
        return "remove spec.endpoint; the Go kgctl writes it for a peer without an endpoint"
    return ""


class _Reader:
    """Reads the spec of a Peer and collects its faults and the values that Kilo ignores."""

    def __init__(self, spec: resources.PeerSpec) -> None:
        self.spec = spec
        self.faults: list[IgnoredValue] = []
        self.ignored_values: list[IgnoredValue] = []

    def peer(self, name: str) -> Peer:
        return Peer(
            name=name,
            allowed_ips=tuple(self._allowed_ips()),
            endpoint=self._endpoint(self.spec.endpoint) if self.spec.endpoint else None,
            public_key=self._public_key(),
            preshared_key=self._preshared_key(),
            persistent_keepalive=self._persistent_keepalive(),
            faults=tuple(self.faults),
            ignored_values=tuple(self.ignored_values),
        )

    def _fault(self, field: str, why: str, hint: str = "") -> None:
        self.faults.append(IgnoredValue(field=field, text="", why=why, hint=hint))

    def _allowed_ips(self) -> Iterator[IPInterface]:
        for index, text in enumerate(self.spec.allowed_ips or ()):
            try:
                yield parse_cidr(text)
            except ValueError as error:
                ip = parse_ip(text)
                hint = f"for this address alone, write {host_cidr(ip)}" if ip else ""
                self._fault(f"spec.allowedIPs[{index}]", f'"{text}" {error}', hint)

    def _endpoint(self, endpoint: resources.PeerEndpoint) -> Endpoint | None:
        where, port = endpoint.dns_or_ip or resources.DNSOrIP(), endpoint.port or 0
        faults, by_go = len(self.faults), _hint_of_nil(where, port)
        if not where.dns and not where.ip:
            self._fault("spec.endpoint.dnsOrIP", "has neither dns nor ip")
        if where.dns and not is_dns_name(where.dns):
            self._fault("spec.endpoint.dnsOrIP.dns", f'"{where.dns}" is not a lower-case DNS name')
        if where.ip and not parse_ip(where.ip):
            self._fault("spec.endpoint.dnsOrIP.ip", f'"{where.ip}" is not an IP address', by_go)
        if not 1 <= port <= MAX_PORT:
            self._fault(
                "spec.endpoint.port", f"{port} is not between 1 and {MAX_PORT}", "" if where.dns else by_go
            )
        if where.dns and (why := _impossible(where.dns)):
            reason = IgnoredReason.NUMBER_AS_NAME
            self.ignored_values.append(
                IgnoredValue(field="spec.endpoint.dnsOrIP.dns", text=where.dns, why=why, reason=reason)
            )
        if len(self.faults) > faults:
            return None
        if where.dns and where.ip:
            why, reason = "is not used: dns is set and takes precedence", IgnoredReason.SECOND_ENDPOINT
            self.ignored_values.append(
                IgnoredValue(field="spec.endpoint.dnsOrIP.ip", text=where.ip, why=why, reason=reason)
            )
        if where.dns:
            return parse_endpoint(f"{where.dns}:{port}")
        return Endpoint(ip=parse_ip(where.ip or ""), port=port)

    def _public_key(self) -> Key | None:
        try:
            key = Key.parse(self.spec.public_key or "")
        except ValueError as error:
            self._fault("spec.publicKey", f'"{self.spec.public_key or ""}" {error}')
            return None
        return key if any(key.raw) else None

    def _preshared_key(self) -> Key | None:
        text = self.spec.preshared_key or ""
        key = Key.parse_or_none(text)
        if text and not key:
            from kgctl_py.foreign_files import ENCRYPTED_VALUE  # only files in Git have one

            if text.startswith(ENCRYPTED_VALUE):
                return ENCRYPTED
            why = "is not a WireGuard key (32 bytes in base64): Kilo ignores it"
            value = IgnoredValue(field="spec.presharedKey", text="", why=why, reason=IgnoredReason.PRESHARED_KEY)
            self.ignored_values.append(value)  # without its text, which can be a secret
        return key

    def _persistent_keepalive(self) -> int:
        keepalive = self.spec.persistent_keepalive or 0
        if keepalive < 0:
            self._fault("spec.persistentKeepalive", f"{keepalive} is negative", "to turn keepalives off, use 0")
        return keepalive
