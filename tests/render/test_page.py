import base64
import hashlib
import json
import re
from typing import Any

import pytest
from hypothesis import given

from kgctl_py.findings import Code, Finding, Kind
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.render.graph.graph_document import graph_document
from kgctl_py.render.graph.html_page import page
from tests.in_memory import Cluster, node, peer
from tests.render.meshes import finding
from tests.strategies import clusters, hostile

CLUSTER = Cluster([node("n", 1), node("o", 2, key="")], [peer("laptop", presharedKey="c2VjcmV0" * 5 + "c2U=")])


def text(cluster: Cluster, *found: Finding) -> str:
    return page(graph_document(cluster.mesh(), cluster.topology(), found))


def embedded(html: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script id="data" type="application/json">(.*?)</script>', html, re.DOTALL)
    data: dict[str, Any] = json.loads(found)
    return data


def test_the_page_holds_the_document_and_the_colours_of_the_locations() -> None:
    document = graph_document(CLUSTER.mesh(), CLUSTER.topology(), ())
    data = embedded(page(document, "kind-prod"))
    assert data == {
        "graph": {
            **document,
            **{kind: list(map(lean, document[kind])) for kind in ("nodes", "peers", "segments")},
        },
        "colours": {"a": {"light": "#1a66a2", "dark": "#44b2f6"}},
        "meanings": {},
        "source": "kind-prod",
    }
    assert ("discoveredEndpoint" in data["graph"]["nodes"][0], data["graph"]["nodes"][1]["ready"]) == (
        False,
        False,
    )


def lean(one: dict[str, Any]) -> dict[str, Any]:
    """Return an object without what the page does not need to be told."""
    told = {name: value for name, value in one.items() if value not in (None, [])}
    return told if told.get("behindNAT", True) else {name: told[name] for name in told if name != "behindNAT"}


def test_the_page_holds_the_meaning_of_each_code_that_was_found() -> None:
    found = finding(Kind.NODE, "n", "is stale", code=Code.NODE_STALE)
    document = graph_document(CLUSTER.mesh(), CLUSTER.topology(), [found, found])
    assert embedded(page(document))["meanings"] == {"K-NODE-STALE": Code.NODE_STALE.meaning}


@pytest.mark.parametrize("granularity", Granularity)
def test_a_page_of_five_hundred_nodes_is_below_400_kb(granularity: Granularity) -> None:
    nodes = [
        node(f"aws-eu-west-1-worker-{n:03}", n % 250, f"aws-eu-west-{n % 20}", pod_cidr=f"10.{n}.0.0/24")
        for n in range(250)
    ]
    nodes += [node(f"hetzner-fsn1-worker-{n:03}", n, "fsn1", pod_cidr=f"10.{n}.1.0/24") for n in range(250)]
    cluster = Cluster(nodes, [peer(f"peer-{n}", n) for n in range(60)])
    found = [finding(Kind.NODE, f"aws-eu-west-1-worker-{n:03}", "it is not in the mesh: " * 4) for n in range(50)]
    document = graph_document(cluster.mesh(), cluster.topology(granularity), found)
    assert len(page(document)) < 400_000


def test_the_policy_allows_only_the_script_and_the_style_of_the_page() -> None:
    html = text(CLUSTER)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    parts = {tag: re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("style", "script")}
    digests = {tag: [_digest(part) for part in found] for tag, found in parts.items()}
    assert policy.split("; ") == [
        "default-src 'none'",
        *(f"style-src {digest}" for digest in digests["style"]),
        *(f"script-src {digest}" for digest in digests["script"]),
        "base-uri 'none'",
        "form-action 'none'",
    ]


def _digest(part: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"


def test_the_page_names_no_other_place() -> None:
    assert set(re.findall(r"\w+://[\w./]+", text(CLUSTER))) == {"http://www.w3.org/2000/svg"}


@given(clusters(hostile))
def test_no_text_leaves_the_data(cluster: Cluster) -> None:
    html = text(cluster)
    data = html.partition('type="application/json">')[2].partition("</script>")[0]
    assert html.replace(data, "") == text(CLUSTER).replace(json_of(text(CLUSTER)), "")
    assert re.search(r"[<>&\u2028\u2029]", data) is None
    assert data.isascii()


def json_of(html: str) -> str:
    return html.partition('type="application/json">')[2].partition("</script>")[0]
