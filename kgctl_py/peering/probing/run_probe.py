"""Send packets from a pod in each segment of one cluster to a pod in each segment of another one."""

import time
from collections.abc import Sequence

from kgctl_py.errors import UsageError
from kgctl_py.kilo.install.installation import IMAGE
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.notice import Tell
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.probing.pod_runner import PodRunner
from kgctl_py.peering.probing.probe_pods import PodState, calling_pod, waiting_pod
from kgctl_py.peering.probing.probe_results import ProbeResult
from kgctl_py.peering.probing.probe_script import parse_report
from kgctl_py.peering.probing.service_targets import ServiceTargets
from kgctl_py.value import Value
from kgctl_py.wireguard.endpoint import parse_ip


class ProbeSettings(Value, frozen=True, kw_only=True):
    """How to probe: the image of the pods, how many seconds to wait, and which Services to ask."""

    image: str = IMAGE
    patience: float = 90
    targets: ServiceTargets = ServiceTargets()


def check_live(sides: Sequence[Side]) -> None:
    """Raise UsageError if a cluster is a file, in which no pod can run."""
    for side in sides:
        if not side.cluster.is_live:
            raise UsageError(f'--probe creates pods, but "{side.name}" is a file', hint="leave out --probe")


def probe(
    sides: tuple[Side, Side], members: tuple[Member, Member], settings: ProbeSettings, tell: Tell
) -> tuple[ProbeResult, ...]:
    """Return the targets that each pod of the first cluster reaches in the second one, and delete all pods.

    Raise KgctlError if a pod cannot be created or read.
    """
    near, far = map(PodRunner, sides)
    try:
        run = _Run(near, far, members, settings)
        return run.results()
    finally:
        near.delete_all(tell)
        far.delete_all(tell)


_NOTHING = PodState(ip="", is_running=False, has_ended=False, text="", trouble="")
"""The state of a pod that was not needed."""


class _Run:
    def __init__(
        self, near: PodRunner, far: PodRunner, members: tuple[Member, Member], settings: ProbeSettings
    ) -> None:
        self._near, self._far, self._settings = near, far, settings
        self._from, self._to = (member.topology.segments for member in members)

    def results(self) -> tuple[ProbeResult, ...]:
        """Run the waiting pods, then the sending pods, and return the results."""
        image = self._settings.image
        waiting = [self._far.start(waiting_pod(node_of(segment), image)) for segment in self._to]
        deadline = time.monotonic() + self._settings.patience
        targets = [self._far.wait(name, lambda state: state.is_running, deadline) for name in waiting]
        ips = [ip for state in targets if (ip := _ip(state))]
        asked = self._settings.targets
        has_targets = bool(ips or asked.dns or asked.api_server)
        reports = self._call(ips) if has_targets else [_NOTHING] * len(self._from)
        return tuple(
            _result(source, target, report, state, ips)
            for source, report in zip(self._from, reports, strict=True)
            for target, state in zip(self._to, targets, strict=True)
        )

    def _call(self, ips: Sequence[str]) -> list[PodState]:
        """Run the sending pods, and return their final states."""
        image, targets = self._settings.image, self._settings.targets
        calling = [self._near.start(calling_pod(node_of(segment), image, ips, targets)) for segment in self._from]
        deadline = time.monotonic() + self._settings.patience
        return [self._near.wait(name, lambda state: state.has_ended, deadline) for name in calling]


def node_of(segment: Segment) -> str:
    """Return the node of a segment on which a pod runs: one that does not lead, if possible."""
    followers = (node.name for node in segment.nodes if node.name != segment.leader.name)
    return next(followers, segment.leader.name)


def _ip(state: PodState) -> str:
    return str(ip) if state.is_running and (ip := parse_ip(state.ip)) else ""


def _result(
    source: Segment, target: Segment, caller: PodState, called: PodState, ips: Sequence[str]
) -> ProbeResult:
    report = parse_report(caller.text)
    ip = _ip(called)
    call = report.calls.get(ips.index(ip)) if ip else None
    trouble = ""
    if not ip:
        trouble = f'the pod on node "{node_of(target)}" does not run{_because(called)}'
    elif call is None:
        trouble = f'the pod on node "{node_of(source)}" has not reported{_because(caller)}'
    return ProbeResult(
        source=source.name,
        target=target.name,
        pod=call.small if call else None,
        mtu=call.large if call and call.small else None,
        dns=report.dns,
        api_server=report.api_server,
        trouble=trouble,
    )


def _because(state: PodState) -> str:
    return f": {state.trouble}" if state.trouble else ""
