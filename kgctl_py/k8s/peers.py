"""Peer resources as Kilo reads them (kilo pkg/k8s/apis/kilo/v1alpha1/types.go, pkg/k8s/backend.go)."""

import contextlib
from collections.abc import Mapping
from typing import Any

from kgctl_py.k8s import names, wire
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.model import Peer, Unusable
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import MAX_PORT, is_dns_name, parse_endpoint, parse_ip


def translate_peer(raw: wire.Peer) -> Peer:
    """Give the Peer that Kilo reads from `raw`; one that Kilo skips has the reason in `invalid`."""
    name, annotations = raw.metadata.name, raw.metadata.annotations or {}
    try:
        spec = wire.convert(raw.spec, wire.PeerSpec)
        unusable: list[Unusable] = []
        return Peer(
            name=name,
            allowed_ips=_allowed_ips(spec),
            endpoint=_endpoint(spec.endpoint, unusable) if spec.endpoint else None,
            public_key=_public_key(spec),
            preshared_key=_preshared_key(spec, unusable),
            persistent_keepalive=_persistent_keepalive(spec),
            annotations=annotations,
            unusable=tuple(unusable),
        )
    except ValueError as error:
        return Peer(name=name, allowed_ips=_claimed(raw.spec), annotations=annotations, invalid=str(error))


def manifest(peer: Peer, annotations: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Give the Peer resource that holds `peer`; what is absent or off is left out.

    Annotations that a Peer has in one cluster are not for another: only those given are in it.
    """
    metadata: dict[str, Any] = {"name": peer.name}
    if annotations:
        metadata["annotations"] = dict(annotations)
    spec: dict[str, Any] = {"allowedIPs": [str(cidr) for cidr in peer.allowed_ips]}
    if peer.endpoint:
        spec["endpoint"] = endpoint_spec(peer.endpoint)
    if 0 < peer.persistent_keepalive <= MAX_KEEPALIVE:
        spec["persistentKeepalive"] = peer.persistent_keepalive
    if peer.preshared_key:
        spec["presharedKey"] = str(peer.preshared_key)
    spec["publicKey"] = str(peer.public_key or "")
    return {"kind": names.PEER_KIND, "apiVersion": names.API_VERSION, "metadata": metadata, "spec": spec}


def endpoint_spec(endpoint: Endpoint) -> dict[str, Any]:
    """Give `spec.endpoint` of a Peer resource."""
    kind = "dns" if endpoint.name else "ip"
    return {"dnsOrIP": {kind: endpoint.host}, "port": endpoint.port}


def _claimed(spec: Any) -> tuple[IPInterface, ...]:
    """Give the allowed IPs that can be read of a Peer that Kilo skips: once it is mended they are its own."""
    texts = spec.get("allowedIPs") if isinstance(spec, dict) else None
    cidrs = []
    for text in texts if isinstance(texts, list) else ():
        with contextlib.suppress(ValueError):
            cidrs.append(parse_cidr(str(text)))
    return tuple(cidrs)


def _allowed_ips(spec: wire.PeerSpec) -> tuple[IPInterface, ...]:
    def parse(index: int, text: str) -> IPInterface:
        try:
            return parse_cidr(text)
        except ValueError as error:
            raise ValueError(f'spec.allowedIPs[{index}] "{text}" {error}') from None

    return tuple(parse(index, text) for index, text in enumerate(spec.allowed_ips or ()))


def _endpoint(endpoint: wire.PeerEndpoint, unusable: list[Unusable]) -> Endpoint:
    where = endpoint.dns_or_ip or wire.DNSOrIP()
    port = endpoint.port or 0
    if not where.dns and not where.ip:
        raise ValueError("spec.endpoint.dnsOrIP has neither dns nor ip")
    if where.dns and not is_dns_name(where.dns):
        raise ValueError(f'spec.endpoint.dnsOrIP.dns "{where.dns}" is not a lower-case DNS name')
    if where.ip and not parse_ip(where.ip):
        raise ValueError(f'spec.endpoint.dnsOrIP.ip "{where.ip}" is not an IP address')
    if not 1 <= port <= MAX_PORT:
        raise ValueError(f"spec.endpoint.port {port} is not between 1 and {MAX_PORT}")
    if where.dns and where.ip:
        why = "is not used: dns is given too, and wins"
        unusable.append(Unusable(field="spec.endpoint.dnsOrIP.ip", text=where.ip, why=why))
    if where.dns:
        return parse_endpoint(f"{where.dns}:{port}")
    return Endpoint(ip=parse_ip(where.ip or ""), port=port)


def _public_key(spec: wire.PeerSpec) -> Key | None:
    try:
        key = Key.parse(spec.public_key or "")
    except ValueError as error:
        raise ValueError(f'spec.publicKey "{spec.public_key or ""}" {error}') from None
    return key if any(key.raw) else None


def _preshared_key(spec: wire.PeerSpec, unusable: list[Unusable]) -> Key | None:
    key = Key.parse_or_none(spec.preshared_key or "")
    if spec.preshared_key and not key:
        why = "is not base64 of 32 bytes: the peer is used without a preshared key"
        unusable.append(Unusable(field="spec.presharedKey", text="", why=why))  # the text may be a secret
    return key


def _persistent_keepalive(spec: wire.PeerSpec) -> int:
    keepalive = spec.persistent_keepalive or 0
    if keepalive < 0:
        raise ValueError(f"spec.persistentKeepalive {keepalive} is negative")
    return keepalive
