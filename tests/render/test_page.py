import base64
import hashlib
import json
import re
from typing import Any

from hypothesis import given

from kgctl_py.findings import Finding
from kgctl_py.render.graph.graph_document import graph_document
from kgctl_py.render.graph.html_page import page
from tests.in_memory import Cluster, node, peer
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
    assert embedded(page(document, "kind-prod")) == {
        "graph": document,
        "colours": {"a": {"light": "#0072b2", "dark": "#5aaeea"}},
        "source": "kind-prod",
    }


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
