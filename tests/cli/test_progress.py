"""What takes longer than a second shows a sign of life on a terminal, and leaves nothing of it there."""

import contextlib
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgctl_py import progress
from kgctl_py.kilo import resources
from kgctl_py.progress import Progress
from tests.cli.in_terminal import Shown, kgctl_in_terminal
from tests.cli.kgctl import shell
from tests.in_memory import node
from tests.kube.fake_server import FakeServer, Reply, kubeconfig

FRAME = re.compile(r"\r\033\[K[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ")


@pytest.fixture
def slow_server(tmp_path: Path) -> Iterator[str]:
    """A server that needs a second and a half for the nodes; gives its kubeconfig."""
    body = json.dumps({"items": [node("n", last_seen=str(int(time.time()) + 3600))]}).encode()
    with FakeServer({resources.NODES_PATH: [Reply(body=body, pace=1.5 / len(body))]}) as server:
        yield kubeconfig(tmp_path / "config", server.url)


def run(config: str, *args: str, **env: str) -> Shown:
    return kgctl_in_terminal(
        "--kubeconfig", config, "--no-resolve", *args, "get", "nodes", "-o", "name", words=True, env=env
    )


def test_a_slow_answer_is_waited_for_visibly_and_the_line_is_clear_afterwards(slow_server: str) -> None:
    shown = run(slow_server).stdout
    assert len(FRAME.findall(shown)) > 2
    assert "reading nodes and peers of the cluster" in shown
    assert screen(shown)[0] == "node/n"


def test_what_fails_leaves_only_its_words(tmp_path: Path) -> None:
    with FakeServer({resources.NODES_PATH: [Reply(status=0)]}) as server:
        config = kubeconfig(tmp_path / "config", server.url)
        shown = run(config, "--request-timeout", "1500ms")
        assert FRAME.search(shown.stdout)
        assert shown.exit_code == 1
        assert screen(shown.stdout)[0] == f'kgctl: the API server "{server.url}" did not answer within 1.5 s'


@pytest.mark.slow
@pytest.mark.parametrize(("args", "env"), [((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"}), (("--no-color",), {})])
def test_a_terminal_that_wants_no_pictures_gets_none(
    slow_server: str, args: tuple[str, ...], env: dict[str, str]
) -> None:
    assert run(slow_server, *args, **env).stdout == "node/n\n"


@pytest.mark.slow
def test_a_pipe_gets_none(slow_server: str) -> None:
    done = shell(f"kgctl --kubeconfig {slow_server} --no-resolve get nodes -o name")
    assert (done.stdout, done.stderr) == (b"node/n\n", b"")


def test_what_is_quick_shows_nothing() -> None:
    shown = kgctl_in_terminal("--from-file", "docs/example-cluster.yaml", "get", "nodes", "-o", "name", words=True)
    assert "\033" not in shown.stdout


def screen(sent: str) -> list[str]:
    """Give the lines that a terminal shows in the end: what was cleared is gone."""
    return [line.rpartition("\033[K")[2] for line in sent.split("\n")]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Progress:
    """A progress that shows itself at once."""
    monkeypatch.setattr(progress, "DELAY", 0.01)
    monkeypatch.setattr(progress, "PACE", 0.01)
    return Progress()


def test_the_first_of_several_is_shown_and_the_next_when_it_is_done(
    hurried: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.ExitStack() as first:
        first.enter_context(hurried.shown("nodes", 80))
        with hurried.shown("peers", 80):
            time.sleep(0.1)
            shown = capsys.readouterr().err
            assert ("nodes" in shown, "peers" in shown) == (True, False)
            first.close()
            time.sleep(0.1)
    shown = capsys.readouterr().err
    assert "peers" in shown
    assert shown.endswith("\r\033[K")


def test_words_in_between_stand_on_a_line_of_their_own(
    hurried: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    with hurried.shown("nodes", 80):
        time.sleep(0.1)
        with hurried.aside():
            print("words", file=sys.stderr)
        time.sleep(0.1)
    assert "\r\033[Kwords\n\r\033[K" in capsys.readouterr().err


def test_a_long_text_does_not_leave_its_line_and_an_escape_stays_text(
    hurried: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    with hurried.shown("\033[31m" + "x" * 200, 30):
        time.sleep(0.1)
    pictures = capsys.readouterr().err.split("\r\033[K")
    assert max(map(len, pictures)) <= 29
    assert any("\\x1b[31m" in picture for picture in pictures)


def test_nothing_is_drawn_once_it_is_over(hurried: Progress, capsys: pytest.CaptureFixture[str]) -> None:
    with hurried.shown("nodes", 80):
        pass
    time.sleep(0.05)
    assert capsys.readouterr().err == ""
