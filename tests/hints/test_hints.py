"""Every hint heals, or its row in docs/hints.md says why nothing can be run."""

from pathlib import Path

import pytest

from kgctl_py.findings import Code
from tests.hints.table import rows, text, written


def test_every_code_has_a_row_and_every_row_a_code() -> None:
    codes = [line.split("]")[0].removeprefix("| [") for line in written().splitlines()[2:]]
    assert set(codes) == set(map(str, Code))
    assert codes == sorted(codes, key=list(map(str, Code)).index)


def test_a_hint_is_no_bare_command_and_ends_without_a_period() -> None:
    hints = [line.split(" | ")[1] for line in written().splitlines()[2:]]
    assert not [hint for hint in hints if hint.endswith(".") or hint.startswith(("kubectl ", "kgctl peer", "ip "))]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_following_a_hint_heals_its_finding_and_breaks_nothing_else(tmp_path: Path) -> None:
    assert text(rows(tmp_path)) == written(), "docs/hints.md differs; uv run python -m tests.hints.table writes it"
