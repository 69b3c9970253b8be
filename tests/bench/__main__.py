"""How quick kgctl is, beside the least that could be done: `python -m tests.bench [PAIRS] [--loose FACTOR]`.

Every pair of commands runs in turn, and the table has the median of the ratios, pair by pair. The exit code
is 1 when a ratio is above its bound times FACTOR.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import scenarios
from tests.bench.clusters import LARGE, MIDDLE, SMALL
from tests.bench.scenarios import FOLDER, Scenario

_HEAD = (
    "| what, beside what | s | beside | ratio | bound | MB | beside | ratio | bound |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    """Measure all, and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="?", type=int, default=7)
    parser.add_argument("--loose", type=float, default=1, metavar="FACTOR")
    given = parser.parse_args()
    print(_HEAD)
    held = [_measured(scenario, given.pairs, given.loose) for scenario in _scenarios()]
    sys.exit(0 if all(held) else 1)


def _scenarios() -> Iterator[Scenario]:
    yield from scenarios.local()
    with tempfile.TemporaryDirectory() as folder:
        yield from scenarios.from_file(Path(folder))
    for plan in (SMALL, MIDDLE, LARGE):
        with scenarios.served(plan) as (kgctl, floor):
            yield from scenarios.from_server(plan, kgctl, floor)


def _measured(scenario: Scenario, pairs: int, loose: float) -> bool:
    commands = [json.dumps(command) for command in (scenario.command, scenario.against)]
    done = subprocess.run(
        [sys.executable, FOLDER / "measure.py", str(pairs), *commands], stdout=subprocess.PIPE, check=True
    )
    runs = json.loads(done.stdout)
    wall = statistics.median(ours["wall"] / theirs["wall"] for ours, theirs in runs)
    memory = statistics.median(ours["memory"] / theirs["memory"] for ours, theirs in runs)
    columns = [scenario.name]
    for figure, unit, ratio, bound in (
        ("wall", ".2f", wall, scenario.wall),
        ("memory", ".0f", memory, scenario.memory),
    ):
        middle = [statistics.median(pair[side][figure] for pair in runs) for side in (0, 1)]
        columns += [*(format(value, unit) for value in middle), f"{ratio:.2f}", f"{bound:g}" if bound else ""]
    print(f"| {' | '.join(columns)} |", flush=True)
    return all(
        not bound or ratio <= bound * loose for ratio, bound in ((wall, scenario.wall), (memory, scenario.memory))
    )


if __name__ == "__main__":
    main()
