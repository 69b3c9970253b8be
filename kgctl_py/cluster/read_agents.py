"""Read the metrics of the Kilo agents through the API server, with limits on their number and the time."""

import http
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping

from kgctl_py.errors import KgctlError
from kgctl_py.findings.cluster_facts import AgentMetrics, KgPod
from kgctl_py.kilo.kg_pods import parse_metrics
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.client import Client
from kgctl_py.kube.pods import read_from_pod

AT_ONCE = 8
SECONDS = 5.0
"""The time for all agents; those that were not asked or did not answer are left out."""
_SILENCE = 3.0
_BYTES = 2**20
RULE = 'ask for this RBAC rule: {apiGroups: [""], resources: ["pods/proxy"], verbs: ["get"]}'


def read_agents(client: Client, pods: Iterable[KgPod], *, seconds: float = SECONDS) -> Mapping[str, AgentMetrics]:
    """Return the metrics of agents by the names of their nodes; raise KgctlError if none can be read."""
    client.connect()  # before any thread: a credential plugin can prompt the user
    reading = _Reading(client, pods, time.monotonic() + seconds)
    threads = [threading.Thread(target=reading.run, daemon=True) for _ in range(min(AT_ONCE, reading.left))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(reading.deadline - time.monotonic(), 0))
    return reading.result()


class _Reading:
    def __init__(self, client: Client, pods: Iterable[KgPod], deadline: float) -> None:
        self._client = client
        self._pods = deque(pods)
        self.deadline = deadline
        self._metrics: dict[str, AgentMetrics] = {}
        self._forbidden = False

    @property
    def left(self) -> int:
        """The number of agents that were not asked."""
        return len(self._pods)

    def run(self) -> None:
        """Ask one agent after the other, until the time is over or the server refuses."""
        while not self._forbidden and time.monotonic() < self.deadline:
            try:
                pod = self._pods.popleft()
            except IndexError:
                return
            self._ask(pod)

    def result(self) -> Mapping[str, AgentMetrics]:
        """Return the metrics that were read in time."""
        if self._forbidden:
            raise KgctlError("you are not allowed to connect to pods (pods/proxy)", hint=RULE)
        if not self._metrics:
            raise KgctlError("no agent of Kilo answers at the port of its metrics")
        return dict(self._metrics)

    def _ask(self, pod: KgPod) -> None:
        try:
            port, place = pod.metrics_port, (pod.namespace, pod.name)
            text = read_from_pod(self._client, *place, port, "metrics", silence=_SILENCE, most=_BYTES)
        except ApiError as error:
            self._forbidden |= error.status == http.HTTPStatus.FORBIDDEN
        except (KgctlError, TimeoutError):
            pass  # left out: an agent can use another port, or be behind a firewall
        else:
            metrics = parse_metrics(text)
            if metrics:
                self._metrics[pod.node] = metrics
