"""What kgctl prints is what the reference prints: `showconf` byte for byte, resources and graphs as data.

Every recorded run of every recorded cluster is repeated, so the topology is proved to be Kilo's own: leaders,
WireGuard IPs, allowed IPs and their order, dropped ones, discovered endpoints. An error must exit as recorded,
with nothing on stdout, in a line on stderr that names what was asked for.
"""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.in_memory import Cluster
from tests.oracle import drawing

Recording = dict[str, Any]

FILE = Path(__file__).parent / "recordings.jsonl.gz"
RECORDINGS: Sequence[Recording] = [json.loads(line) for line in gzip.decompress(FILE.read_bytes()).splitlines()]
EVER = 2_000_000_000.0
"""Recorded nodes were last seen long ago, or will be in the year 2100."""


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: f"cluster-{recording['seed']}")
def test_showconf_prints_what_the_reference_prints(recording: Recording) -> None:
    for run in _runs(recording, "showconf"):
        done = _cluster(recording).kgctl(*run["args"])
        assert done.exit_code == run["exit"], (run["args"], done.stderr)
        if "data" in run:
            printed = json.loads(done.stdout) if "json" in run["args"] else yaml.safe_load(done.stdout)
            assert printed == run["data"], run["args"]
        else:
            assert done.stdout == run.get("stdout", ""), run["args"]
        if run["exit"]:
            _assert_explained(done.stderr, run["names"])


def test_graph_draws_what_the_reference_draws() -> None:
    wanted, texts = [], []
    for recording in RECORDINGS:
        for run in _runs(recording, "graph"):
            done = _cluster(recording).kgctl(*run["args"])
            assert done.exit_code == run["exit"], (recording["seed"], run["args"], done.stderr)
            if run["exit"]:
                assert not done.stdout
                _assert_explained(done.stderr, run["names"])
            else:
                wanted.append((recording["seed"], run["args"], run["graph"]))
                texts.append(done.stdout)
    for text, (seed, args, want) in zip(texts, wanted, strict=True):
        (drawn,) = drawing.read([text])  # one by one: a node in two clusters is shown by what `dot` read before
        assert drawn == want, (seed, args)


def test_no_recording_is_left_out() -> None:
    runs = [run for recording in RECORDINGS for run in recording["runs"]]
    assert (len(RECORDINGS), len(runs)) == (227, 1554)
    assert {run["args"][0] for run in runs} == {"showconf", "graph"}


def _runs(recording: Recording, command: str) -> list[dict[str, Any]]:
    return [run for run in recording["runs"] if run["args"][0] == command]


def _cluster(recording: Recording) -> Cluster:
    return Cluster(recording["nodes"], recording["peers"], now=EVER)


def _assert_explained(stderr: str, name: str) -> None:
    assert any(line.startswith("kgctl: ") and name in line for line in stderr.splitlines()), stderr
