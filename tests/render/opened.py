"""The page of a cluster, opened in the browser from a file, and what is to be seen of it."""

from pathlib import Path

from kgctl_py.findings import Code, Finding, Kind
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.render.graph.graph_document import graph_document
from kgctl_py.render.graph.html_page import page
from tests.in_memory import NOW, Cluster, key, node, peer
from tests.render.browser import Browser, asked_for, complaints
from tests.render.meshes import finding

FOUND = finding(Kind.NODE, "o", "is <i>odd</i>")
NOTED = finding(Kind.NODE, "far", "is only noted", code=Code.PEER_UNSEEN)
CLUSTER = Cluster(
    [
        node("n", 1, persistent_keepalive="25"),
        node("o", 2),
        node("p", 3, last_seen=str(NOW - 100)),
        node("far", 4, "b"),
        node("farther", 5, "c"),
    ],
    [peer("laptop", 7), peer("phone", 8, presharedKey=key("psk"))],
)


def opened(
    browser: Browser,
    folder: Path,
    cluster: Cluster,
    *found: Finding,
    granularity: Granularity = Granularity.LOCATION,
    at: str = "",
) -> Browser:
    """Open the page of a cluster, from a file, after everything of the page before is forgotten."""
    file = folder / "mesh.html"
    file.write_text(page(graph_document(cluster.mesh(), cluster.topology(granularity), found), "kind-prod"))
    browser.get("about:blank")
    asked_for(browser), complaints(browser)
    browser.get(f"{file.as_uri()}{at}")
    return browser


def shown(browser: Browser, selector: str = ".chip .name") -> list[str]:
    """Return the texts of the elements that are to be seen."""
    script = """
        const found = [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility());
        return found.map((one) => one.innerText.trim());
    """
    texts: list[str] = browser.execute_script(script, selector)
    return texts
