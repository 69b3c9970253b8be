"""A trace: the path of a packet between two members of a mesh, and the path back."""

import enum
from collections.abc import Sequence
from typing import assert_never

from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.routing.follow_packet import PacketPath, follow_packet
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.masquerade import Sender, senders
from kgctl_py.mesh.routing.service_end import ServiceEnd, reach_backends
from kgctl_py.mesh.routing.trace_targets import Target
from kgctl_py.value import Value, replace


class Verdict(enum.StrEnum):
    """Whether packets arrive, as far as kgctl can see in the cluster."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


class Trace(Value, frozen=True, kw_only=True):
    """The path there and the path back, or a `fault`.

    There is no path back without a path there, or if the packet takes no tunnel, and its reply cannot take one.
    `service` continues a path to a node whose kube-proxy sends the packet to a pod. `condition` is about the
    source that the packet gets. `flag` is the flag of kg that decides the source, if the verdict depends on it.
    """

    source: Target
    destination: Target
    there: PacketPath | None = None
    back: PacketPath | None = None
    service: ServiceEnd | None = None
    condition: str = ""
    flag: str = ""
    fault: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict of both paths together."""
        is_lost = self.there is None or (self.back is None and not self.there.is_outside)
        if is_lost or any(part.fault for part in self._parts):
            return Verdict.NO
        return Verdict.PERHAPS if self.doubts else Verdict.YES

    @property
    def doubts(self) -> tuple[str, ...]:
        """The conditions for packets to arrive, each once."""
        texts = (self.condition, *(text for part in self._parts for text in part.doubts))
        return tuple(dict.fromkeys(filter(None, texts)))

    @property
    def _parts(self) -> tuple[PacketPath | ServiceEnd, ...]:
        return tuple(part for part in (self.there, self.service, self.back) if part)

    @property
    def reason(self) -> str:
        """The reason for the verdict, as text, with the flag of kg that decides it."""
        return f"{self._reason} ({self.flag})" if self.flag else self._reason

    @property
    def _reason(self) -> str:
        match self.verdict:
            case Verdict.YES:
                return "the packet and its reply arrive"
            case Verdict.PERHAPS:
                return "; and ".join(self.doubts)
            case Verdict.NO if self.there is None or self.there.fault:
                return self.fault or (self.there.fault if self.there else "")
            case Verdict.NO if self.service and self.service.fault:
                return self.service.fault
            case Verdict.NO:
                return f"the packet arrives, but its reply does not: {self.back.fault if self.back else ''}"
            case _:
                assert_never(self.verdict)


def trace(tables: RoutingTables, source: Target, destination: Target) -> Trace:
    """Follow a packet from `source` to `destination`, and its reply.

    A peer in another cluster may send packets for Services to any leader; one that works is chosen.
    """
    found = _trace(tables, source, destination)
    has_endpoints = found.service is None or found.service.service.backends != ()
    if found.verdict is Verdict.NO and source.place and has_endpoints:
        others = (_trace(other, source, destination) for other in tables.carried_by_others(source.place))
        return next((other for other in others if other.verdict is not Verdict.NO), found)
    return found


def _trace(tables: RoutingTables, source: Target, destination: Target) -> Trace:
    fault, pair = source.fault or destination.fault, _addresses(source, destination)
    if fault or pair is None or source.place is None:
        fault = fault or "the two ends have no addresses of the same IP version"
        return Trace(source=source, destination=destination, fault=fault)
    here, there = pair
    sources = senders(tables, source.place, here, there)
    start = source.place

    def with_source(sender: IPAddress) -> Trace:
        return _and_back(tables, source, destination, follow_packet(tables, start, here, there, sender=sender))

    found = _of_likely(sources.possible, [with_source(sender.address) for sender in sources.possible])
    if sources.excluded and _is_lost(found) is not _is_lost(with_source(sources.excluded)):
        return replace(found, flag=sources.flag)
    return found


def _of_likely(possible: Sequence[Sender], found: Sequence[Trace]) -> Trace:
    """Return the trace with the first source that can work, with its condition if another source does not work."""
    pairs = tuple(zip(possible, found, strict=True))
    working = (pair for pair in pairs if not _is_lost(pair[1]) and (pair is pairs[0] or pair[0].depends))
    sender, chosen = next(working, pairs[0])
    failing = next((trace for trace in found if _is_lost(trace)), None)
    if failing and not _is_lost(chosen):
        return replace(chosen, condition=f"only if {sender.depends}: otherwise, {failing.reason}")
    return chosen


def _is_lost(found: Trace) -> bool:
    return found.verdict is Verdict.NO


def _and_back(tables: RoutingTables, source: Target, destination: Target, path: PacketPath) -> Trace:
    """Follow the reply to a packet with a path, and what kube-proxy does with the packet."""
    out = _expecting(destination.place, path, tables)
    if out.fault or out.end is None:
        return Trace(source=source, destination=destination, there=out)
    back = _expecting(source.place, follow_packet(tables, out.end, out.to, out.sender, out), tables)
    if out.is_outside and back.fault:
        return Trace(source=source, destination=destination, there=out)
    service = tables.service(out.to) if out.is_service else None
    end = reach_backends(tables, service, out) if service else None
    return Trace(source=source, destination=destination, there=out, back=back, service=end)


def _addresses(source: Target, destination: Target) -> tuple[IPAddress, IPAddress] | None:
    pairs = ((own, other) for other in destination.addresses for own in source.addresses)
    return next((pair for pair in pairs if pair[0].version == pair[1].version), None)


def _expecting(place: Place | None, path: PacketPath, tables: RoutingTables) -> PacketPath:
    """Return the path with a fault if it does not lead to the intended place."""
    if path.fault or place is None or path.end == place:
        return path
    if path.start and tables.is_chosen_by(path.start, path.to):  # it may lead there, and the path has this doubt
        return path
    lost = (
        f", since {claim.problem}" for claim in tables.claims(path.to) if claim.place == place and claim.problem
    )
    meant = f"the network of {place.name}" if place.kind is Kind.NETWORK else place
    fault = f"{path.to} leads to {path.end}, not to {meant}{next(lost, '')}"
    return replace(path, fault=fault)
