"""The endpoints of a Service that the kube-proxy of a node chooses, and whether it replaces the source.

kubernetes pkg/proxy/topology.go, and the rules of pkg/proxy/iptables/proxier.go.
"""

from collections.abc import Iterable, Mapping

from kgctl_py.mesh.routing.service import Backend, Service
from kgctl_py.value import Value


class Sender(Value, frozen=True, kw_only=True):
    """The sender of a packet for the kube-proxy of a node: this node, a pod, or another machine."""

    is_node: bool = False
    is_pod: bool = False

    def uses_local_endpoints(self, service: Service) -> bool:
        """Return whether only endpoints on the node get the packet.

        A node and its pods use all endpoints of a Service with `externalTrafficPolicy: Local`.
        """
        return service.is_local and not (service.is_external and (self.is_node or self.is_pod))

    def source_is_replaced(self, service: Service) -> bool | None:
        """Return whether kube-proxy replaces the source; None if that depends on its settings."""
        if not service.is_external:
            return False if self.is_pod else None
        return self.is_node or not service.is_local


def chosen_backends(service: Service, node: str, zone: str, *, local: bool) -> Mapping[str, tuple[Backend, ...]]:
    """Return the endpoints that kube-proxy on a node chooses from, for each port of the Service."""
    return {port: _of_port(service, port, node, zone, local=local) for port in service.ports}


def _of_port(service: Service, port: str, node: str, zone: str, *, local: bool) -> tuple[Backend, ...]:
    """Return the ready endpoints, or else those that terminate and still serve."""
    serving = [one for one in service.backends or () if port in one.ports and (one.node == node or not local)]
    ready = tuple(one for one in serving if one.is_ready)
    if not ready:
        return tuple(serving)
    return ready if local else _hinted(ready, node, zone)


def _hinted(ready: tuple[Backend, ...], node: str, zone: str) -> tuple[Backend, ...]:
    """Return the endpoints with a hint for the node, or else for its zone, or else all.

    kube-proxy uses hints only if every ready endpoint has one.
    """
    of_node = _for(node, ready, (one.for_nodes for one in ready))
    return of_node or _for(zone, ready, (one.for_zones for one in ready)) or ready


def _for(name: str, ready: tuple[Backend, ...], hints: Iterable[tuple[str, ...]]) -> tuple[Backend, ...]:
    given = tuple(hints)
    if not all(given):
        return ()
    return tuple(one for one, names in zip(ready, given, strict=True) if name in names)
