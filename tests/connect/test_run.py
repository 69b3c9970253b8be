"""What a run remembers: outages, names, what it has told, and that it was told to end."""

import json
import os
import signal

import pytest

from kgctl_py.connect.end_on_signal import SignalHandler
from kgctl_py.connect.endpoint_addresses import EndpointAddresses
from kgctl_py.connect.event_log import EventLog
from kgctl_py.connect.grace_period import GracePeriod
from kgctl_py.errors import KgctlError
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.render.live.journal import Level, as_json_line, as_line
from kgctl_py.wireguard.endpoint import IPAddress, parse_ip

TROUBLE = KgctlError("gone")


def test_after_an_outage_nodes_stay_ready_for_a_minute() -> None:
    grace, mesh = GracePeriod(), Mesh((), (), 1000.0)
    assert grace.judged(mesh, 1000) == mesh
    grace.on_connectivity(Connectivity(500.0, TROUBLE), Connectivity(0.0))
    assert grace.judged(mesh, 600) == mesh
    grace.on_connectivity(Connectivity(990.0), Connectivity(500.0, TROUBLE))
    assert grace.judged(mesh, 1000).now == 1000 - 490
    assert grace.judged(mesh, 990 + 59).now == 1000 - 490
    assert grace.judged(mesh, 990 + 60) == mesh


def test_a_name_is_looked_up_once_in_a_while_and_what_was_found_stays() -> None:
    asked: list[set[str]] = []
    answers: list[dict[str, IPAddress]] = [{"a": ip("203.0.113.1")}, {}, {"a": ip("203.0.113.2")}]

    def look_up(names: set[str]) -> dict[str, IPAddress]:
        asked.append(names)
        return answers.pop(0)

    addresses = EndpointAddresses(60, look_up)
    assert addresses.look_up({"a"}) == {"a": ip("203.0.113.1")}
    assert addresses.look_up({"a", "b"}) == {"a": ip("203.0.113.1")}
    assert asked == [{"a"}, {"b"}]
    impatient = EndpointAddresses(0, look_up)
    assert impatient.look_up({"a"}) == {"a": ip("203.0.113.2")}


def ip(text: str) -> IPAddress:
    found = parse_ip(text)
    assert found
    return found


def test_an_event_is_a_line_that_no_name_can_break() -> None:
    lines: list[str] = []
    EventLog(Level.INFO, as_line, lines.append).info("joined", "joined: a\x1b[2J\nb")
    EventLog(Level.INFO, as_json_line, lines.append).info("joined", "joined: a\x1b[2J\nb", peer="a\nb")
    assert lines[0].endswith(r" info  joined: a\x1b[2J\nb")
    assert json.loads(lines[1])["peer"] == "a\nb"
    assert "\n" not in lines[1]


def test_only_events_of_the_level_are_printed() -> None:
    lines: list[str] = []
    event_log = EventLog(Level.WARN, as_line, lines.append)
    event_log.debug("a", "debug")
    event_log.info("a", "info")
    event_log.warn("a", "warn")
    assert [line.split()[-1] for line in lines] == ["warn"]


def test_a_reader_that_has_gone_is_told_of_once() -> None:
    def write(_: str) -> None:
        raise BrokenPipeError

    event_log = EventLog(Level.INFO, as_line, write)
    with pytest.raises(BrokenPipeError):
        event_log.info("a", "b")
    event_log.info("a", "what is cleaned up then is not disturbed")


def test_before_that_a_signal_breaks_off_and_the_next_one_disturbs_nothing() -> None:
    signals, cleaned = SignalHandler(), []

    def started() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            cleaned.append("all")

    with signals.installed(), pytest.raises(KeyboardInterrupt):
        started()
    assert cleaned == ["all"]
