"""The table of hints in docs/hints.md; `python -m tests.hints.table` writes it with a real API server."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgctl_py.findings import Code
from kgctl_py.findings.rules.this_machine import about_local
from tests.docs.pages import DOCS
from tests.findings import cluster_cases, file_cases, local_cases
from tests.findings.all_cases import OF_MEMBERS
from tests.hints.cases import NOT_RUN
from tests.hints.cluster_hints import cluster_rows
from tests.hints.file_hints import file_rows
from tests.hints.healing import BY_COMMAND, IN_WORDS, SHOWS_MORE, Row, User, check_words, healing
from tests.hints.live_mesh import api_server

PAGE = DOCS / "hints.md"
HEADING = "## All hints\n\n"
_IN_TUNNELS = {Code.LOCAL_DOWN: BY_COMMAND, Code.LOCAL_ROUTE: SHOWS_MORE}
"""The commands about the tunnel of a machine, which tests/tunnel/test_check.py runs."""
_BY_HAND_IN_TUNNELS = (
    Code.LOCAL_NONE,
    Code.LOCAL_KEY,
    Code.LOCAL_ADDRESS,
    Code.LOCAL_PEERS,
    Code.LOCAL_SERVICES,
)
"""The hints in words that tests/tunnel/test_check.py follows."""


def rows(folder: Path) -> Iterator[Row]:
    """Follow every hint, and yield what came of it."""
    with api_server(folder) as server:
        user = User(server, folder)
        for code, case in OF_MEMBERS.items():
            for number, trigger in enumerate(case.triggers):
                yield healing(user, code, number, trigger)
        yield from cluster_rows(user, cluster_cases.CASES)
    yield from file_rows(file_cases.CASES)
    yield from _local_rows()


def text(found: Iterable[Row]) -> str:
    """Return the rows as a table, those of one code in the order of the cases."""
    order = {code: number for number, code in enumerate(Code)}
    lines = dict.fromkeys(
        f"| [{row.code}](findings.md#{row.code.lower()}) | {_cell(row.hint)} | {row.healed} |"
        for row in sorted(found, key=lambda row: order[row.code])
    )
    return "\n".join(("| code | hint | fixed |", "|---|---|---|", *lines)) + "\n"


def written() -> str:
    """Return the table in the page."""
    return PAGE.read_text().partition(HEADING)[2]


def _cell(hint: str) -> str:
    return hint.replace("|", "\\|")


def _local_rows() -> Iterator[Row]:
    mesh, topology = local_cases.MESH.mesh(), local_cases.MESH.topology()
    for code, case in local_cases.CASES.items():
        for number, trigger in enumerate(case.triggers):
            finding = next(one for one in about_local(trigger, mesh, topology) if one.code is code)
            check_words({"hint": finding.advice, "command": finding.advised_command})
            assert bool(finding.advised_command) == (code in _IN_TUNNELS)
            yield Row(code, finding.advice, _done_in_tunnels(code) or _why_not_run(code, number))


def _why_not_run(code: Code, number: int) -> str:
    return NOT_RUN.get((code, number)) or NOT_RUN[code]


def _done_in_tunnels(code: Code) -> str:
    return IN_WORDS if code in _BY_HAND_IN_TUNNELS else _IN_TUNNELS.get(code, "")


def _write() -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = text(rows(Path(folder)))
    before, heading, _ = PAGE.read_text().partition(HEADING)
    PAGE.write_text(before + heading + table)


if __name__ == "__main__":
    _write()
