"""DOT texts as data, read by Graphviz itself."""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

Graph = dict[str, Any]


def read(texts: Sequence[str]) -> list[Graph]:
    """Return each text's label, clusters with their nodes, and edges; one `dot` reads them all."""
    if not shutil.which("dot"):
        pytest.skip("needs Graphviz: `dot` is not installed")
    done = subprocess.run(["dot", "-Tjson0"], input="\n".join(texts), capture_output=True, text=True, check=True)
    decoder, rest, graphs = json.JSONDecoder(), done.stdout.lstrip(), []
    while rest:
        drawn, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
        graphs.append(_graph(drawn))
    return graphs


def _graph(drawn: dict[str, Any]) -> Graph:
    objects = drawn.get("objects", [])
    subgraphs, nodes = objects[: drawn["_subgraph_cnt"]], objects[drawn["_subgraph_cnt"] :]
    by_id = {node["_gvid"]: node for node in nodes}
    return {
        "label": drawn.get("label"),
        "clusters": sorted(
            [one["name"], one.get("label", ""), sorted(_node(by_id[i]) for i in one.get("nodes", []))]
            for one in subgraphs
            if one["name"].startswith("cluster")
        ),
        "edges": sorted(
            [
                by_id[edge["tail"]]["name"],
                by_id[edge["head"]]["name"],
                edge.get("dir", ""),
                "dashed" in edge.get("style", ""),
            ]
            for edge in drawn.get("edges", [])
        ),
    }


def _node(node: dict[str, Any]) -> list[Any]:
    return [node["name"], [line for line in re.split(r"\\n|\n", node.get("label", "")) if line]]
