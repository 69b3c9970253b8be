"""Reasons why Services of one cluster may not be reachable from another one."""

from collections.abc import Iterator

from kgctl_py.peering.members.member import Member
from kgctl_py.peering.planning.problem import PeeringCode, Problem, note, warning
from kgctl_py.peering.planning.settings import PeeringSettings


def check_services(member: Member, settings: PeeringSettings) -> Iterator[Problem]:
    """Yield a warning if the networks of Services to route are unknown, or a note if they are a guess."""
    if not settings.routes_services_of(member.name):
        return
    if member.guesses_services:
        cidrs = ", ".join(map(str, member.services))
        yield note(
            PeeringCode.SERVICES,
            member.name,
            f"its Service CIDR is unknown; kgctl routes {cidrs}, which contains its current Services",
            f"add --service-cidr {member.name}=CIDR",
        )
    if not member.services:
        yield warning(
            PeeringCode.SERVICES,
            member.name,
            "its Service CIDR is unknown, so its Services are not routed",
            f"add --service-cidr {member.name}=CIDR, or --services none",
        )


def check_cilium(member: Member, settings: PeeringSettings) -> Iterator[Problem]:
    """Yield a note if the Services are routed, but Cilium does not serve them to other clusters."""
    if settings.routes_services_of(member.name) and member.services and member.hides_services:
        yield note(
            PeeringCode.CILIUM,
            member.name,
            "Cilium replaces kube-proxy, and does not serve cluster IPs to other clusters",
            "install Cilium with bpf.lbExternalClusterIP=true, or use the IP addresses of pods",
        )
