"""The results of a probe, and the problems that they show."""

from collections.abc import Iterator, Sequence

from kgctl_py.peering.members.member import Member
from kgctl_py.peering.planning.problem import PeeringCode, Problem, error, warning
from kgctl_py.value import Value

PACKET = 1400
"""Bytes of the large packets of a probe, with their headers."""


class ProbeResult(Value, frozen=True, kw_only=True):
    """Whether a pod in `source` reaches a pod in `target`; None for a test that did not run."""

    source: str
    target: str
    pod: bool | None
    mtu: bool | None
    """Whether large packets arrive."""
    dns: bool | None
    """Whether the DNS of the other cluster responds at its cluster IP."""
    api_server: bool | None
    """Whether the API server of the other cluster responds at its cluster IP."""
    trouble: str = ""

    @property
    def service(self) -> bool | None:
        """Whether all tested Services respond."""
        answers = [answer for answer in (self.dns, self.api_server) if answer is not None]
        return all(answers) if answers else None


def check_probe(own: Member, other: Member, results: Sequence[ProbeResult]) -> Iterator[Problem]:
    """Yield a problem for each target that pods do not reach, and for each pod that did not run."""
    for result in results:
        if result.pod is False:
            yield error(
                PeeringCode.PROBE,
                own.name,
                f'a pod in "{result.source}" does not reach a pod in "{result.target}" of {other.name}',
                "if the table shows a handshake, check for a NetworkPolicy",
            )
        if result.mtu is False:
            yield error(
                PeeringCode.PROBE,
                own.name,
                f'packets of {PACKET} bytes from "{result.source}" to "{result.target}" of {other.name} are lost, '
                "but small ones arrive",
                "set a smaller MTU: kg --mtu 1280",
            )
    yield from _silent_services(own, other, results)
    for trouble in dict.fromkeys(result.trouble for result in results if result.trouble):
        yield warning(PeeringCode.PROBE, own.name, f"the probe is incomplete: {trouble}")


def _silent_services(own: Member, other: Member, results: Sequence[ProbeResult]) -> Iterator[Problem]:
    """Yield each Service that does not respond, once for each source."""
    silent = {
        "DNS": [result.source for result in results if result.dns is False],
        "API server": [result.source for result in results if result.api_server is False],
    }
    for what, sources in silent.items():
        for source in dict.fromkeys(sources):
            yield error(
                PeeringCode.PROBE,
                own.name,
                f'a pod in "{source}" gets no response from the {what} of {other.name} at its cluster IP',
                f"to see which segment carries the Services: kgctl peering status {own.argument} {other.argument}",
            )
