"""`kgctl get` and a real API server: selectors select what the server would, and a change is seen at once."""

import subprocess
import urllib.error
from urllib.parse import quote

import pytest

from kgctl_py.kilo import resources
from tests.api.peers import Peers
from tests.cli.kgctl import kgctl, kgctl_program

SELECTORS = [
    *(
        "tier=edge",
        "tier==edge",
        "tier!=edge",
        "tier",
        "!tier",
        "tier in (edge,core)",
        "tier notin (edge)",
        "tier=",
    ),
    *(
        "tier=edge,zone=1",
        "zone in (1),!tier",
        "kilo.squat.ai/x",
        "kilo.squat.ai/x!=y",
        "tier in (edge)",
        "tier in ()",
    ),
    *("  tier = edge , zone != 2 ", "zone in ( 1 , 2 )", "tier in (edge,)", "tier notin (,edge)"),
]
NONSENSE = [
    "=edge",
    "tier=edge,",
    "tier edge",
    "tier in edge",
    "-a",
    "a/b/c",
    "tier=a=b",
    "!tier=a",
    "a=" + "v" * 64,
]
LABELS: dict[str, dict[str, str]] = {
    "edge-1": {"tier": "edge", "zone": "1"},
    "edge-2": {"tier": "edge", "zone": "2", "kilo.squat.ai/x": "y"},
    "core-1": {"tier": "core", "zone": "1"},
    "empty-1": {"tier": ""},
    "none-1": {"kilo.squat.ai/x": "z"},
}


@pytest.fixture
def labelled(peers: Peers) -> Peers:
    """Peers with labels."""
    for number, (name, labels) in enumerate(LABELS.items(), 100):
        peers.create(name, f"10.5.1.{number}", metadata={"labels": labels})
    return peers


def selected(peers: Peers, selector: str) -> list[str]:
    """Ask the server itself."""
    items = peers.server.request("GET", f"{resources.PEERS_PATH}?labelSelector={quote(selector)}")["items"]
    return [f"peer/{one['metadata']['name']}" for one in items]


def test_a_selector_selects_what_the_api_server_would(labelled: Peers) -> None:
    for selector in SELECTORS:
        done = kgctl(*labelled.options(), "get", "peers", "-o", "name", "-l", selector)
        assert (done.exit_code, done.stdout.split()) == (0, selected(labelled, selector)), selector


def test_what_the_api_server_refuses_is_no_selector(labelled: Peers) -> None:
    for selector in NONSENSE:
        with pytest.raises(urllib.error.HTTPError):
            selected(labelled, selector)
        assert kgctl(*labelled.options(), "get", "peers", "-l", selector).exit_code == 2, selector


def test_lists_show_whose_a_peer_is_and_no_secret(peers: Peers) -> None:
    assert peers.run("add", "mia", "--psk", "--owner", "team a").exit_code == 0
    for output in ("table", "wide", "json", "yaml"):
        listed = kgctl(*peers.options(), "get", "peers", "-o", output).stdout
        assert all(word in listed for word in ("mia", peers.spec("mia")["allowedIPs"][0]))
        assert ("team a" in listed) == (output != "table"), "a table of 80 columns leaves the owner out"
        assert peers.spec("mia")["presharedKey"] not in listed


def test_a_watch_sees_what_others_do(peers: Peers) -> None:
    command = kgctl_program(*peers.options(), "get", "peers", "-w", "-o", "name")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert [process.stdout.readline() for _ in range(2)] == ["peer/laptop\n", "peer/phone\n"]
        peers.create("zoe", "10.5.0.99")
        assert process.stdout.readline() == "peer/zoe\n"
        process.terminate()


def test_whois_asks_the_server_for_the_pod_that_has_an_address(peers: Peers) -> None:
    spec = {"containers": [{"name": "c", "image": "i"}]}
    path = "/api/v1/namespaces/default/pods"
    for name, ip in (("web", "10.42.1.7"), ("other", "10.42.1.8")):
        peers.server.create(path, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})
        status = {"status": {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}]}}
        peers.server.request("PATCH", f"{path}/{name}/status", status)
    done = kgctl(*peers.options(), "whois", "10.42.1.7")
    assert done.stdout.splitlines()[1] == "10.42.1.7 is the pod IP of pod/default/web"
    peers.server.request("DELETE", path)
