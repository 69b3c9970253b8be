"""Nodes as Kilo reads them from Kubernetes (translateNode in kilo pkg/k8s/backend.go)."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Granularity, IgnoredReason, IgnoredValue, Node
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.endpoint import impossible_name, parse_endpoint

T = TypeVar("T")

_INT64_MAX = 2**63 - 1
_GO_INTEGER = re.compile(r"[+-]?[0-9]+")


def translate_node(raw: resources.Node, topology_label: str = names.TOPOLOGY_LABEL) -> Node:
    """Return the Node that Kilo reads from `raw`, and the values that Kilo ignores."""
    return _Reader(raw).node(topology_label)


class _Reader:
    """Reads one Node and collects the values that Kilo ignores."""

    def __init__(self, raw: resources.Node) -> None:
        self.raw = raw
        self.annotations: Mapping[str, str] = raw.metadata.annotations or {}
        self.ignored_values: list[IgnoredValue] = []

    def node(self, topology_label: str) -> Node:
        annotations = self.annotations
        labels = self.raw.metadata.labels or {}
        pod_cidr = (self.raw.spec and self.raw.spec.pod_cidr) or ""
        subnet = self._parsed("spec.podCIDR", pod_cidr, parse_cidr)
        known = names.NODE_ANNOTATIONS
        others = annotations.keys() - known
        if any("squat" in name or "kilo" in name for name in others) or not known.isdisjoint(labels):
            self._note_unread(topology_label)
        return Node(
            name=self.raw.metadata.name,
            location=annotations.get(names.LOCATION, labels.get(topology_label, "")),
            endpoint=self._endpoint(),
            internal_ip=self._internal_ip(),
            key=self._annotation(names.KEY, _key),
            subnet=subnet and masked(subnet),
            unread_subnets=self._unread_subnets(pod_cidr),
            last_seen=self._annotation(names.LAST_SEEN, _int64) or 0,
            leader=self._leader(),
            persistent_keepalive=self._annotation(names.PERSISTENT_KEEPALIVE, _integer) or 0,
            wireguard_ip=self._annotation(names.WIREGUARD_IP, parse_cidr),
            discovered_endpoints=self._discovered_endpoints(),
            allowed_location_ips=self._allowed_location_ips(),
            granularity=self._annotation(names.GRANULARITY, _granularity, IgnoredReason.UNKNOWN_GRANULARITY),
            clustermesh_endpoint=self._clustermesh_endpoint(),
            labels=labels,
            ignored_values=tuple(self.ignored_values),
        )

    def _note_unread(self, topology_label: str) -> None:
        from kgctl_py.kilo.unread_names import unread_annotations, unread_labels

        self.ignored_values += unread_annotations(self.annotations)
        self.ignored_values += unread_labels(self.raw.metadata.labels or {}, topology_label)

    def _parsed(
        self, field: str, text: str, parse: Callable[[str], T], reason: IgnoredReason = IgnoredReason.UNREADABLE
    ) -> T | None:
        """Return the parsed `text`; None for an empty text or one that Kilo ignores."""
        try:
            return parse(text) if text else None
        except ValueError as error:
            self.ignored_values.append(IgnoredValue(field=field, text=text, why=str(error), reason=reason))
            return None

    def _annotation(
        self, name: str, parse: Callable[[str], T], reason: IgnoredReason = IgnoredReason.UNREADABLE
    ) -> T | None:
        text = self.annotations.get(name)
        return self._parsed(name, text, parse, reason) if text else None

    def _unread_subnets(self, pod_cidr: str) -> tuple[str, ...]:
        listed = (self.raw.spec and self.raw.spec.pod_cidrs) or ()
        return tuple(text for text in listed if text != pod_cidr)

    def _endpoint(self) -> Endpoint | None:
        forced = self._annotation(names.FORCE_ENDPOINT, parse_endpoint, IgnoredReason.FORCED_ENDPOINT)
        endpoint = forced or self._annotation(names.ENDPOINT, parse_endpoint)
        if endpoint and endpoint.name and (why := impossible_name(endpoint.name)):
            field = names.FORCE_ENDPOINT if forced else names.ENDPOINT
            self.ignored_values.append(
                IgnoredValue(field=field, text=str(endpoint), why=why, reason=IgnoredReason.MISTYPED_ADDRESS)
            )
        return endpoint

    def _clustermesh_endpoint(self) -> Endpoint | None:
        text = self.annotations.get(names.CLUSTERMESH_ENDPOINT)
        if not text:
            return None
        try:
            return parse_endpoint(text)
        except ValueError:  # no agent reads this annotation, so the value is not reported as ignored
            return None

    def _internal_ip(self) -> IPInterface | None:
        if self.annotations.get(names.FORCE_INTERNAL_IP) in ("", "-"):
            return None
        forced = self._annotation(names.FORCE_INTERNAL_IP, parse_cidr)
        return forced or self._annotation(names.INTERNAL_IP, parse_cidr)

    def _discovered_endpoints(self) -> Mapping[str, Endpoint]:
        text = self.annotations.get(names.DISCOVERED_ENDPOINTS)
        if not text:
            return {}
        from kgctl_py.kilo.discovered_endpoints import discovered_endpoints

        endpoints, ignored = discovered_endpoints(text)
        self.ignored_values += ignored
        return endpoints

    def _leader(self) -> bool:
        text = self.annotations.get(names.LEADER)
        if text is not None and text.lower() in ("false", "no", "0"):
            why = 'has the effect of "true": Kilo only checks whether the annotation exists'
            self.ignored_values.append(
                IgnoredValue(field=names.LEADER, text=text, why=why, reason=IgnoredReason.NO_DENIAL)
            )
        return text is not None

    def _allowed_location_ips(self) -> tuple[IPInterface, ...]:
        text = self.annotations.get(names.ALLOWED_LOCATION_IPS)
        if not text:
            return ()
        cidrs = (self._parsed(names.ALLOWED_LOCATION_IPS, entry, parse_cidr) for entry in text.split(","))
        return tuple(cidr for cidr in cidrs if cidr)


def _key(text: str) -> Key | None:
    key = Key.parse(text)
    return key if any(key.raw) else None


def _integer(text: str) -> int:
    """Return a decimal integer as Go's `strconv.ParseInt` reads it, however large."""
    if not _GO_INTEGER.fullmatch(text):
        raise ValueError("is not a decimal number")
    return int(text)


def _int64(text: str) -> int:
    number = _integer(text)
    if not -_INT64_MAX - 1 <= number <= _INT64_MAX:
        raise ValueError("is out of range")
    return number


def _granularity(text: str) -> Granularity:
    try:
        return Granularity(text)
    except ValueError:
        raise ValueError("is unknown to this version of kgctl") from None
