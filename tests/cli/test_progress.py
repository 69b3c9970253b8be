"""What takes longer than a second shows a spinner on a terminal, and leaves nothing of it there."""

import contextlib
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyte
import pytest

from kgctl_py.cli.progress import Progress
from kgctl_py.kilo import resources
from tests.cli.in_terminal import Shown, kgctl_program_in_terminal
from tests.cli.kgctl import shell
from tests.in_memory import node
from tests.kube.fake_server import FakeServer, Reply, kubeconfig
from tests.kube.watched import until

FRAME = re.compile("[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ")


NODES = json.dumps({"items": [node("n", last_seen=str(int(time.time()) + 3600))]}).encode()


@pytest.fixture
def slow_server(tmp_path: Path) -> Iterator[str]:
    """A server that needs three seconds for the nodes; gives its kubeconfig."""
    with FakeServer({resources.NODES_PATH: [Reply(body=NODES, pace=3 / len(NODES))]}) as server:
        yield kubeconfig(tmp_path / "config", server.url)


def run(config: str, *args: str, sent: list[bytes] | None = None, env: Mapping[str, str] | None = None) -> Shown:
    words = ("--kubeconfig", config, "--no-resolve", *args, "get", "nodes", "-o", "name")
    return kgctl_program_in_terminal(*words, words=True, env=env, sent=sent)


def run_until_shown(folder: Path, status: int, body: bytes) -> Shown:
    """Run kgctl on a server that answers when the terminal has shown several pictures of the spinner."""
    sent: list[bytes] = []

    def wait() -> Iterator[bytes]:
        until(lambda: len(FRAME.findall(b"".join(sent).decode(errors="ignore"))) > 2)
        yield body

    with FakeServer({resources.NODES_PATH: [Reply(status=status, lines=wait())]}) as server:
        return run(kubeconfig(folder / "config", server.url), sent=sent)


def test_a_slow_answer_is_waited_for_visibly_and_the_line_is_clear_afterwards(tmp_path: Path) -> None:
    shown = run_until_shown(tmp_path, 200, NODES).stdout
    assert "reading nodes and peers from fake" in shown
    assert screen(shown)[0] == "node/n"


def test_what_fails_leaves_only_its_words(tmp_path: Path) -> None:
    shown = run_until_shown(tmp_path, 404, b"")
    assert shown.exit_code == 1
    words = r'kgctl: the response from "http://127\.0\.0\.1:\d+" does not come from Kubernetes: 404 Not Found'
    assert re.fullmatch(words, screen(shown.stdout)[0])


@pytest.mark.slow
@pytest.mark.parametrize(("args", "env"), [((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"}), (("--no-color",), {})])
def test_a_dumb_terminal_gets_no_spinner(slow_server: str, args: tuple[str, ...], env: dict[str, str]) -> None:
    assert run(slow_server, *args, env=env).stdout == "node/n\n"


@pytest.mark.slow
def test_a_pipe_gets_no_spinner(slow_server: str) -> None:
    done = shell(f"kgctl --kubeconfig {slow_server} --no-resolve get nodes -o name")
    assert (done.stdout, done.stderr) == (b"node/n\n", b"")


def test_a_quick_command_shows_no_spinner() -> None:
    shown = kgctl_program_in_terminal(
        "--from-file", "docs/example-cluster.yaml", "get", "nodes", "-o", "name", words=True
    )
    assert "\033" not in shown.stdout


def screen(sent: str) -> list[str]:
    """Return the lines that a terminal shows in the end, without those that are empty."""
    terminal = pyte.Screen(200, 100)
    pyte.Stream(terminal).feed(sent.replace("\n", "\r\n"))
    assert not terminal.cursor.hidden
    return [line.rstrip() for line in terminal.display if line.strip()]


@pytest.fixture
def impatient() -> Progress:
    """Return a progress that shows itself at once."""
    return Progress(delay=0.01)


def test_the_first_of_several_is_shown_and_the_next_when_it_is_done(
    impatient: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.ExitStack() as first:
        first.enter_context(impatient.shown("nodes", 80))
        with impatient.shown("peers", 80):
            shown = wait_for("nodes", capsys)
            assert "peers" not in shown
            first.close()
            shown += wait_for("peers", capsys)
    assert screen(shown + capsys.readouterr().err) == []


def test_words_in_between_stand_on_a_line_of_their_own(
    impatient: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    with impatient.shown("nodes", 80):
        shown = wait_for("nodes", capsys)
        with impatient.aside():
            print("words", file=sys.stderr)
        again = wait_for("nodes", capsys)
    assert screen(shown + again + capsys.readouterr().err) == ["words"]


def test_a_long_text_does_not_leave_its_line_and_an_escape_stays_text(
    impatient: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    with impatient.shown("\033[31m" + "x" * 200, 30):
        shown = wait_for("xxx", capsys)
    line = re.search(r"[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] .*…", shown)
    assert line
    assert len(line[0]) <= 29
    assert "\\x1b[31mxxx" in line[0]


def test_nothing_is_drawn_once_it_is_over(impatient: Progress, capsys: pytest.CaptureFixture[str]) -> None:
    with impatient.shown("nodes", 80):
        pass
    time.sleep(0.5)
    assert capsys.readouterr().err == ""


def test_what_stdout_gets_meanwhile_stays_on_stdout(
    impatient: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    with impatient.shown("nodes", 80):
        while "nodes" not in capsys.readouterr().err:
            time.sleep(0.01)
        print("a result")
        assert capsys.readouterr().out == "a result\n"


def wait_for(text: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what stderr got, once `text` is in it; the test's own timeout ends a wait in vain."""
    shown = ""
    while text not in shown:
        time.sleep(0.01)
        shown += capsys.readouterr().err
    return shown
