"""`kgctl get -w` prints what is there, and then again what has changed, for as long as it runs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from kgctl_py.kilo import resources
from tests.cli.kgctl import kgctl
from tests.cli.watching import Watching
from tests.in_memory import peer
from tests.kube.fake_server import FakeServer, kubeconfig
from tests.kube.watched import event, live_node


class Listing(Watching):
    """kgctl that lists what is on a server, and what changes there."""

    def start(self, *args: str) -> IO[str]:
        """Start `kgctl get … -w`, and return its stdout."""
        return self.run("get", *args, "-w")


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Listing]:
    one = Listing(tmp_path, live_node("a1"), live_node("b1", 2, location="b"))
    with one.serving():
        yield one


def test_rows_that_change_are_printed_again_under_the_same_headings(watching: Listing) -> None:
    stdout = watching.start("nodes", "-o", "wide")
    first = [stdout.readline() for _ in range(3)]
    assert [line.split()[0] for line in first] == ["NAME", "a1", "b1"]
    watching.nodes.say(event("MODIFIED", live_node("a1", endpoint="203.0.113.77:51820")))
    changed = stdout.readline()
    assert changed.split()[0] == "a1"
    assert "203.0.113.77:51820" in changed
    assert changed.index("203") == first[1].index("203")
    watching.nodes.say(event("ADDED", live_node("c1", 3, location="c")))
    assert stdout.readline().split()[0] == "c1"
    watching.nodes.say(event("DELETED", live_node("b1", 2)))
    assert stdout.readline().split()[:6:5] == ["c1", "10.4.0.2"]  # it moves up
    code, words = watching.stop()
    assert (code, words) == (130, 'kgctl: node "b1" removed\n')


def test_a_heartbeat_is_no_change(watching: Listing) -> None:
    stdout = watching.start("nodes", "--no-headers", "-o", "wide")
    assert [stdout.readline().split()[0] for _ in range(2)] == ["a1", "b1"]
    watching.nodes.say(event("MODIFIED", live_node("a1", seen=20)))
    watching.nodes.say(event("MODIFIED", live_node("b1", 2, location="b", seen=30)))
    watching.nodes.say(event("ADDED", live_node("c1", 3, location="c")))
    assert stdout.readline().split()[0] == "c1"


def test_programs_get_a_document_for_each_change_and_one_without_status_for_a_removed_item(
    watching: Listing,
) -> None:
    stdout = watching.start("peers", "-o", "json")
    assert document(stdout)["status"]["allowedIPs"] == ["10.5.0.1/32"]
    watching.peers.say(event("MODIFIED", peer("p", 9)))
    assert document(stdout)["status"]["allowedIPs"] == ["10.5.0.9/32"]
    watching.peers.say(event("DELETED", peer("p", 9)))
    gone = document(stdout)
    assert (gone["kind"], gone["metadata"]["name"], gone["status"]) == ("Peer", "p", None)


def test_a_name_that_is_watched_may_go_and_come_back(watching: Listing) -> None:
    stdout = watching.start("peer", "p", "-o", "name")
    assert stdout.readline() == "peer/p\n"
    watching.peers.say(event("DELETED", peer("p")), event("ADDED", peer("q")))
    watching.peers.say(event("ADDED", peer("p", 2)))
    assert stdout.readline() == "peer/p\n"


def document(stdout: IO[str]) -> Any:
    """Read one document, which ends with a brace at the start of a line."""
    text = ""
    while not text.endswith("\n}\n"):
        text += stdout.readline()
    return json.loads(text)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("nodes,peers", "-w"), "--watch works with only one kind"),
        (("nodes", "-w", "--from-file", "docs/example-cluster.yaml"), "file"),
    ],
)
def test_lists_that_cannot_be_watched_are_refused(args: tuple[str, ...], said: str) -> None:
    done = kgctl("get", *args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_name_that_is_not_there_at_first_is_an_error(watching: Listing) -> None:
    watching.start("peer", "nobody")
    assert watching.process
    stdout, stderr = watching.process.communicate(timeout=20)
    assert (watching.process.returncode, stdout) == (1, "")
    assert 'peer "nobody" not found' in stderr


def test_a_server_that_is_not_there_is_an_error(watching: Listing) -> None:
    with FakeServer({resources.NODES_PATH: []}) as nobody:
        url = nobody.url
    config = kubeconfig(watching.folder / "gone", url)
    done = kgctl("--kubeconfig", config, "get", "nodes", "-w")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f'kgctl: cannot reach the API server "{url}"')


def test_templates_and_columns_of_the_users_own_print_what_changes(watching: Listing) -> None:
    stdout = watching.start("nodes", "-o", "custom-columns=NAME:.metadata.name,ENDPOINT:.status.endpoint")
    first = [stdout.readline().split() for _ in range(3)]
    assert first == [["NAME", "ENDPOINT"], ["a1", "203.0.113.1:51820"], ["b1", "203.0.113.2:51820"]]
    watching.nodes.say(event("MODIFIED", live_node("a1", endpoint="203.0.113.77:51820")))
    assert stdout.readline().split() == ["a1", "203.0.113.77:51820"]


def test_a_template_is_filled_for_each_object_that_changes(watching: Listing) -> None:
    stdout = watching.start("nodes", "-o", 'jsonpath={.metadata.name} {.status.endpoint}{"\\n"}')
    assert [stdout.readline() for _ in range(2)] == ["a1 203.0.113.1:51820\n", "b1 203.0.113.2:51820\n"]
    watching.nodes.say(event("MODIFIED", live_node("a1", endpoint="203.0.113.77:51820")))
    assert stdout.readline() == "a1 203.0.113.77:51820\n"
