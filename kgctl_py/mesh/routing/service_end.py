"""A Service at the end of a path, and the endpoints to which the kube-proxy of a node sends the packet."""

import functools
from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.mesh.address import IPAddress, host_cidr
from kgctl_py.mesh.claims import Place, Role
from kgctl_py.mesh.routing.backend_path import BackendPath, path_to_backend
from kgctl_py.mesh.routing.follow_packet import PacketPath
from kgctl_py.mesh.routing.kube_proxy import Sender, chosen_backends
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.service import Service
from kgctl_py.value import Value


class ServiceEnd(Value, frozen=True, kw_only=True, dict=True):
    """The end of a path to a Service: kube-proxy on `node` sends the packet to one of its endpoints.

    `lacking` are the ports without an endpoint on the node. The choice of endpoints depends on `conditions`.
    """

    service: Service
    node: Place
    paths: tuple[BackendPath, ...] = ()
    lacking: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    refusal: str = ""
    """Why the address accepts no packet from the source."""

    @functools.cached_property
    def fault(self) -> str:
        """The reason why no endpoint replies, or empty."""
        if self.refusal or self.service.backends is None:
            return self.refusal
        if not self.paths:
            return self._without_endpoints
        faults = [path.fault for path in self.paths]
        return f"no endpoint of the {self.service} answers: {faults[0]}" if all(faults) else ""

    @property
    def _without_endpoints(self) -> str:
        if not self.service.backends:
            return f"the {self.service} has no ready endpoints"
        if not self.service.is_local:
            return f"the {self.service} has no ready endpoints for its ports"
        here = f"no ready endpoint on {self.node}"
        return f"the {self.service} has {here}, and its {self.service.policy} is Local"

    @functools.cached_property
    def doubts(self) -> tuple[str, ...]:
        """The conditions for each endpoint to reply."""
        if not self.service.name:
            return (f"only if a Service has the address {self.service.address}: kgctl knows no such Service",)
        return (*self.conditions, *self._of_ports(), *self._of_endpoints())

    def _of_ports(self) -> Iterator[str]:
        if self.service.others:
            others = ", ".join(self.service.others)
            address = self.service.address
            yield f"only if the port is one of the {self.service}: {others} also has the address {address}"
        for port in self.lacking:
            on = f" on {self.node}" if self.service.is_local else ""
            yield f'only if the port is not "{port}": the {self.service} has no ready endpoint for this port{on}'

    def _of_endpoints(self) -> Iterator[str]:
        if self.service.backends is None:
            reach = f"only if {self.node} reaches a ready endpoint of the {self.service}"
            yield f"{reach}, and kube-proxy on {self.node} translates {self.service.address}"
        for path in self.paths:
            if path.fault:
                yield f"only if kube-proxy does not choose {path.backend}: {path.fault}"
        yield from (text for path in self.paths if not path.fault for text in path.doubts)


def reach_backends(tables: RoutingTables, service: Service, path: PacketPath) -> ServiceEnd | None:
    """Follow a packet from the end of its path to each endpoint that the kube-proxy there can choose."""
    node, source = path.end, path.source
    if node is None:
        return None
    is_pod = _is_pod(tables, source)
    sender = Sender(is_pod=is_pod, is_node=not path.hops and not is_pod)
    local, zone = sender.uses_local_endpoints(service), _zone(tables, node)
    by_port = chosen_backends(service, node.name, zone, local=local)
    chosen = dict.fromkeys(backend for backends in by_port.values() for backend in backends)
    replaced = sender.source_is_replaced(service)
    return ServiceEnd(
        service=service,
        node=node,
        paths=tuple(path_to_backend(tables, node, source, backend, replaced) for backend in chosen),
        lacking=tuple(port for port, backends in by_port.items() if chosen and not backends),
        conditions=tuple(_conditions(service, node, zone, sender)),
        refusal=_refusal(service, source, sender),
    )


def _conditions(service: Service, node: Place, zone: str, sender: Sender) -> Iterator[str]:
    """Yield the conditions of the choice of endpoints that the cluster does not show."""
    if service.is_external and service.is_local and sender.is_pod:
        every, own = (chosen_backends(service, node.name, zone, local=local) for local in (False, True))
        if every != own:
            knows = f"only if kube-proxy on {node} knows the network of pods"
            yield f"{knows}: otherwise, it uses only endpoints on {node}"
    if sender.is_node and service.sources:
        yield f"only if {node} sends from an address in loadBalancerSourceRanges of the {service}"


def _refusal(service: Service, source: IPAddress, sender: Sender) -> str:
    """Return why the address of a load balancer refuses a source."""
    host = host_cidr(source)
    if sender.is_node or not service.sources or any(cidr.overlaps(host) for cidr in service.sources):
        return ""
    return f"{source} is not in loadBalancerSourceRanges of the {service}"


def _is_pod(tables: RoutingTables, source: IPAddress) -> bool:
    return any(claim.role is Role.POD_CIDR and claim.is_routed for claim in tables.claims(source))


def _zone(tables: RoutingTables, node: Place) -> str:
    """Return the zone of a node, by which kube-proxy prefers endpoints."""
    return next((one.labels.get(names.ZONE_LABEL, "") for one in tables.mesh.nodes if one.name == node.name), "")
