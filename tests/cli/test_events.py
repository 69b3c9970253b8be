"""`kgctl events` prints what happens, as text or JSON, and runs a command for each event."""

import itertools
import json
import re
import select
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.cli.kgctl import kgctl
from tests.cli.process_groups import has_processes
from tests.cli.watching import Watching
from tests.kube.watched import event, live_node, until

EXAMPLE = ("--from-file", "docs/example-cluster.yaml", "events")


class Followed(Watching):
    """kgctl that follows a server, and what changes there."""

    def start(self, *args: str) -> IO[str]:
        """Start `kgctl events -w`, and wait until it prints that an endpoint moves; return its stdout.

        A change that comes before its first mesh is part of that.
        """
        stdout = self.run("events", "-w", *args)
        for port in itertools.count(52000):
            self.nodes.say(event("MODIFIED", live_node("a2", 2, endpoint=f"203.0.113.2:{port}")))
            if select.select([stdout], [], [], 0.3)[0]:
                while f"203.0.113.2:{port}" not in (line := stdout.readline()):
                    assert line
                break
        return stdout


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Followed]:
    one = Followed(tmp_path, live_node("a1"), live_node("a2", 2))
    with one.serving():
        yield one


def test_what_happens_is_printed_line_by_line(followed: Followed) -> None:
    stdout = followed.start()
    followed.nodes.say(event("ADDED", live_node("b1", 3, location="b")))
    assert stdout.readline().split(maxsplit=2)[1:] == ["node-added", "node/b1 is added\n"]
    assert stdout.readline().split(maxsplit=2)[1:] == [
        "leader-changed",
        "node/b1 leads location:b (the only node)\n",
    ]
    followed.nodes.say(event("DELETED", live_node("a1")))
    assert stdout.readline().split(maxsplit=2)[1:] == ["node-removed", "node/a1 is removed\n"]
    assert stdout.readline().split(maxsplit=2)[1:] == [
        "leader-changed",
        "node/a2 leads location:a (the only node)\n",
    ]
    assert followed.stop() == (130, "")


def test_a_program_gets_a_line_of_json_and_a_command_the_same_on_stdin(followed: Followed, tmp_path: Path) -> None:
    file = tmp_path / "alerts"
    command = f"cat >> '{file}'; echo $KGCTL_EVENT >> '{file}'; exit 3"
    stdout = followed.start("-o", "json", "--on-event", command)
    followed.nodes.say(event("MODIFIED", live_node("a1", endpoint="203.0.113.77:51820")))
    line = stdout.readline()
    followed.nodes.say(event("MODIFIED", live_node("a1", endpoint="203.0.113.78:51820")))
    last = stdout.readline()
    until(lambda: file.exists() and f"{line}endpoint-moved\n" in file.read_text(), 30)
    data = json.loads(line)
    assert (data.pop("apiVersion"), data.pop("kind"), len(data.pop("time"))) == (
        "kgctl.kilo.squat.ai/v1",
        "Event",
        20,
    )
    assert data == {
        "event": "endpoint-moved",
        "place": {"kind": "node", "name": "a1"},
        "segment": None,
        "old": "203.0.113.1:51820",
        "new": "203.0.113.77:51820",
        "message": "node/a1 has the endpoint 203.0.113.77:51820",
    }
    until(lambda: f"{last}endpoint-moved\n" in file.read_text(), 30)
    code, words = followed.stop()
    assert code == 130
    assert "warning: the --on-event command failed: exit code 3\n" in words


def test_events_are_printed_while_a_command_hangs_and_the_end_of_kgctl_is_its_end(
    followed: Followed, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    stdout = followed.start("--on-event", f"echo $$ > '{file}'; sleep 600; true")
    for number in (77, 78, 79):
        followed.nodes.say(event("MODIFIED", live_node("a1", endpoint=f"203.0.113.{number}:51820")))
        assert f"203.0.113.{number}:51820" in stdout.readline()
    until(lambda: file.exists() and file.read_text().endswith("\n"), 30)
    code, words = followed.stop()
    missed = re.search(r"warning: the --on-event command did not run for (\d+) events\n", words)
    assert (code, bool(missed and int(missed[1]) >= 4)) == (130, True), words
    assert not has_processes(int(file.read_text()))


def test_without_watching_it_says_how_the_mesh_stands() -> None:
    done = kgctl(*EXAMPLE)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == (
        "2026-01-01T09:00:00Z  node-stale             node/berlin-4 is stale: its Kilo agent does not report"
    )
    data = [json.loads(line) for line in kgctl(*EXAMPLE, "-o", "json").stdout.splitlines()]
    assert [one["event"] for one in data] == ["node-stale", *["leader"] * 3]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ("--on-event", "true"),
            (
                "--on-event and --from-file exclude each other: a saved cluster does not change\n"
                "hint: add --watch, and leave out --from-file\n"
            ),
        ),
        (
            ("-w",),
            (
                "--watch and --from-file exclude each other: a saved cluster does not change\n"
                "hint: leave out --from-file\n"
            ),
        ),
        (("-o", "yaml"), "yaml"),
    ],
)
def test_bad_input_is_one_clear_line(args: tuple[str, ...], message: str) -> None:
    done = kgctl(*EXAMPLE, *args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
