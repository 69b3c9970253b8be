"""The manual has a page for each command, which man(1) shows and mandoc finds nothing wrong with."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from kgctl_py import __version__
from kgctl_py.app import app
from kgctl_py.cli.keys.manual import all_pages
from kgctl_py.render.man_page import ManPage, man_page
from kgctl_py.value import replace
from tests.cli.kgctl import kgctl
from tests.docs import made

PAGES = tuple(all_pages(typer.main.get_command(app)))
PAGE = ManPage(
    command="kgctl x",
    summary="Do x",
    synopsis="[OPTIONS]",
    description=("Do x.",),
    sections=(),
    see_also=("wg(8)",),
    version="1.2",
    date="2026-01-02",
)


def test_each_command_has_a_page() -> None:
    assert {" ".join(("kgctl", *words)) for words in made.commands()} <= {page.command for page in PAGES}


@pytest.mark.skipif(not shutil.which("mandoc"), reason="there is no mandoc")
def test_mandoc_finds_nothing_wrong(tmp_path: Path) -> None:
    for page in PAGES:
        (tmp_path / f"{page.title}.1").write_text(man_page(page))
    done = subprocess.run(["mandoc", "-Tlint", *tmp_path.iterdir()], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("words", [(), ("peer",), ("peer", "add"), ("showconf", "node")], ids=" ".join)
def test_help_prints_the_page_of_a_command(words: tuple[str, ...]) -> None:
    printed = kgctl("help", "--man", *words)
    (page,) = (page for page in PAGES if page.command == " ".join(("kgctl", *words)))
    assert (printed.exit_code, printed.stdout) == (0, man_page(page))


def test_the_page_says_what_the_help_says() -> None:
    page = shown(kgctl("help", "--man", "peer", "add").stdout)
    assert "kgctl-peer-add - Add a peer" in page
    assert "--ip IP|CIDR,..." in page
    assert "Allowed IPs of the peer: its addresses, and networks behind it" in page
    assert f"kgctl {__version__}" in page


def test_an_unknown_command_has_no_page() -> None:
    done = kgctl("help", "--man", "peer", "nothing")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == 'kgctl: unknown command "nothing"\nhint: to list the commands: kgctl peer --help\n'


@pytest.mark.parametrize(
    "text",
    [".SH EVIL", "'br", r"back\slash and \fBbold\fR", "one-two --three", "an ellipsis … and ß", "x\n.br\ny"],
)
def test_no_text_is_interpreted_as_roff(text: str) -> None:
    page = replace(PAGE, description=(text,))
    assert " ".join(text.split()) in " ".join(shown(man_page(page)).split())


def shown(source: str) -> str:
    """Return a page as a terminal shows it, without bold letters."""
    if not shutil.which("mandoc"):
        pytest.skip("there is no mandoc")
    command = ["mandoc", "-Tutf8", "-Owidth=1000"]
    formatted = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
    return "".join(plain(formatted))


def plain(text: str) -> Iterator[str]:
    """Leave out what is overstruck: a letter and a backspace before another."""
    for place, letter in enumerate(text):
        if letter != "\b" and text[place + 1 : place + 2] != "\b":
            yield letter
