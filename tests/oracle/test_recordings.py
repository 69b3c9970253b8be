"""What kgctl prints is what the reference prints: `showconf` byte for byte, resources and graphs as data.

In CI, every recorded run of every recorded cluster is repeated, and elsewhere those of every sixth cluster, so the
topology is proved to be Kilo's own: leaders, WireGuard IPs, allowed IPs and their order, dropped ones, discovered
endpoints. An error must exit as recorded, with nothing on stdout, and a line on stderr names what was asked for.
"""

import gzip
import json
import os
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

REPEATED = RECORDINGS if os.environ.get("CI") == "true" else RECORDINGS[::6]

each_recording = pytest.mark.parametrize("recording", REPEATED, ids=lambda one: f"cluster-{one['seed']}")


@each_recording
def test_showconf_prints_what_the_reference_prints(recording: Recording) -> None:
    for run in _runs(recording, "showconf"):
        done = _cluster(recording).kgctl(*run["args"])
        assert done.exit_code == run["exit"], (run["args"], done.stderr)
        if "data" in run:
            printed = (
                json.loads(done.stdout) if "json" in run["args"] else yaml.load(done.stdout, yaml.CSafeLoader)
            )
            assert printed == run["data"], run["args"]
        else:
            assert done.stdout == run.get("stdout", ""), run["args"]
        if run["exit"]:
            _assert_explained(done.stderr, run["names"])


@each_recording
def test_graph_draws_what_the_reference_draws(recording: Recording) -> None:
    for run in _runs(recording, "graph"):
        done = _cluster(recording).kgctl(*run["args"])
        assert done.exit_code == run["exit"], (run["args"], done.stderr)
        if run["exit"]:
            assert not done.stdout
            _assert_explained(done.stderr, run["names"])
        else:
            (drawn,) = drawing.read([done.stdout])  # alone: to `dot`, a node that two graphs name is one node
            assert drawn == run["graph"], run["args"]


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
