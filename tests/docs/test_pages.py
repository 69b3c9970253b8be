"""The pages match the program; after a change, `python -m tests.docs.made` updates their generated parts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from kgctl_py.cli.command_list import ROWS
from kgctl_py.errors import ExitCode
from kgctl_py.findings import Code
from kgctl_py.peering.planning.problem import PeeringCode
from tests.docs import made, pages
from tests.docs.made import Made
from tests.docs.pages import DOCS, PAGES, README, ROOT

LISTED = [row.name for row in ROWS if row.group]
COMMANDS = [" ".join(("kgctl", *words)) for words in made.commands()]


@pytest.mark.parametrize("one", tuple(made.everything()), ids=lambda one: f"{one.page.name}: {one.section}")
def test_a_page_repeats_the_program_exactly(one: Made) -> None:
    section = pages.sections(one.page.read_text()).get(one.section)
    assert section is not None, f'write a section "{one.section}"'
    is_current = pages.blocks(section, "text")[:1] == [one.text()]
    assert is_current, "uv run python -m tests.docs.made"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_an_example_and_its_exit_codes(command: str) -> None:
    section = pages.sections((DOCS / "commands.md").read_text()).get(command, "")
    assert any(command in block for block in pages.blocks(section, "sh")) or command == "kgctl"
    assert any(line.startswith("Exits with 0") for line in pages.prose(section))


def test_only_existing_commands_are_described() -> None:
    assert set(pages.sections((DOCS / "commands.md").read_text())) <= set(COMMANDS)


@pytest.mark.parametrize("command", [name for name in COMMANDS[1:] if name.split()[1] in LISTED])
def test_the_readme_links_every_command(command: str) -> None:
    assert f"(docs/commands.md#{command.replace(' ', '-')})" in README.read_text()


def test_every_exit_code_is_documented() -> None:
    codes = re.findall(r"^\| (\d+) \|", (DOCS / "commands.md").read_text(), re.MULTILINE)
    assert codes == [str(int(code)) for code in ExitCode]


def test_every_kind_of_finding_is_explained_as_the_program_has_it() -> None:
    told = made.FINDINGS.read_text().partition(made.ALL_FINDINGS)[2]
    assert set(Code) <= set(pages.sections(told))
    assert told == made.findings(), "uv run python -m tests.docs.made"


@pytest.mark.parametrize("page", PAGES, ids=pages.title)
def test_only_existing_codes_are_named(page: Path) -> None:
    codes = {*Code, *PeeringCode}
    assert set(re.findall(r"\bK-[A-Z]+(?:-[A-Z]+)*\b", page.read_text())) <= codes


@pytest.mark.parametrize("page", PAGES, ids=pages.title)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        file, _, anchor = target.partition("#")
        if file.startswith("https://"):
            continue
        linked = page.parent / file if file else page
        assert linked.exists(), target
        if not anchor:
            continue
        headings = [heading.lower().replace(" ", "-") for heading in pages.sections(linked.read_text())]
        assert anchor in headings, target


@pytest.mark.parametrize("page", PAGES, ids=pages.title)
def test_a_line_of_prose_is_a_sentence(page: Path) -> None:
    lines = [line for line in pages.prose(page.read_text()) if not re.match(r"\||\s*([-!]|\d+\.) |!\[|#", line)]
    assert [line for line in lines if line and not line.endswith((".", ":", ","))] == []
    assert [line for line in lines if re.search(r"\. [A-Z]", line)] == []


def test_the_picture_is_that_of_the_example_cluster() -> None:
    drawn, kept = (re.findall(r">([^<>\n]+)<", svg) for svg in (made.picture(), made.PICTURE.read_text()))
    assert sorted(kept) == sorted(drawn), "uv run python -m tests.docs.made"


def test_each_page_has_its_place_in_the_navigation() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    assert sorted(named(nav)) == sorted(page.name for page in DOCS.glob("*.md"))


def named(nav: list[dict[str, object]]) -> Iterator[str]:
    for entry in nav:
        for value in entry.values():
            yield from named(value) if isinstance(value, list) else (str(value),)
