"""Every configuration that kgctl prints is one that real WireGuard takes, and takes as it was meant."""

import gzip
import ipaddress
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgctl_py.cluster.saved.snapshot import Snapshot
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.member_configurations import node_conf, peer_conf
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.render.wireguard_conf import wireguard_conf
from tests.tunnel.lab import Lab

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-cluster.yaml"
RECORDINGS = Path(__file__).parents[1] / "oracle" / "recordings.jsonl.gz"

HOST_BITS = "AllowedIP has nonzero host part"
"""What `wg` may say of a Peer's allowed IPs, for Kilo prints them as they are."""

SET_AND_SHOW = """
export WG_ENDPOINT_RESOLUTION_RETRIES=0
cd "$0"
for conf in *.conf; do
  wg setconf wg0 "$conf" 2>"$conf.said" && wg showconf wg0 >"$conf.shown"
done
"""
"""One interface and one shell for all: each configuration replaces the one before."""

Peers = dict[str, dict[str, str | frozenset[str]]]


def confs(file: Path, granularity: Granularity | None) -> Iterator[str]:
    """Return every configuration of the cluster in `file`, or none when it has no topology."""
    try:
        mesh = Snapshot([str(file)]).mesh()
        topology = build_topology(mesh, granularity=granularity)
    except KgctlError:
        return
    for segment in topology.segments:
        yield wireguard_conf(node_conf(topology, segment.leader, 51820))
    for peer in topology.peers:
        yield wireguard_conf(peer_conf(topology, peer.name))


def with_addresses(text: str) -> str:
    """Put an address in the place of every DNS name, which nobody here could look up."""
    return re.sub(r"(?m)^Endpoint = (.*):(\d+)$", _with_address, text)


def _with_address(match: "re.Match[str]") -> str:
    host, port = match.groups()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return f"Endpoint = 192.0.2.1:{int(port)}"
    return match[0]


def sections(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Return each section of a configuration, its name and its values."""
    for section in re.split(r"(?m)^(?=\[)", text):
        title, *lines = section.strip().splitlines() or [""]
        if title:
            yield title, dict(line.split(" = ", 1) for line in lines if line)


def peers(text: str) -> Peers:
    """Give what WireGuard makes of the `[Peer]` sections of `text`: who has a key or an address last keeps it."""
    known: Peers = {}
    for title, values in sections(text):
        if title != "[Peer]":
            continue
        allowed = frozenset(
            str(ipaddress.ip_network(cidr, strict=False))
            for cidr in values.get("AllowedIPs", "").split(", ")
            if cidr
        )
        for other in known.values():
            other["AllowedIPs"] = frozenset(other["AllowedIPs"]) - allowed
        peer = known.setdefault(values["PublicKey"], {})
        peer |= {name: values[name] for name in ("Endpoint", "PresharedKey") if name in values}
        peer |= {"AllowedIPs": allowed, "PersistentKeepalive": values.get("PersistentKeepalive", "0")}
    return known


def check(lab: Lab, texts: list[str]) -> None:
    """Set every configuration and see that it is taken and shown as it was written."""
    for number, text in enumerate(texts):
        (lab.folder / f"{number}.conf").write_text(text)
    host = lab.host("a")
    host.start_wireguard("wg0")
    host.run("bash", "-c", SET_AND_SHOW, lab.folder, timeout=100, check=False)
    for number, text in enumerate(texts):
        said = (lab.folder / f"{number}.conf.said").read_text().splitlines()
        assert [line for line in said if HOST_BITS not in line] == [], text
        assert peers(text) == peers((lab.folder / f"{number}.conf.shown").read_text())


def test_wireguard_takes_every_configuration_of_the_example(lab: Lab) -> None:
    texts = [with_addresses(text) for g in Granularity for text in confs(EXAMPLE, g)]
    assert len(texts) > len(Granularity) * 4
    check(lab, texts)


@pytest.mark.slow
def test_wireguard_takes_every_configuration_of_the_recorded_clusters(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "cluster.json"
    texts: dict[str, None] = {}
    for line in gzip.decompress(RECORDINGS.read_bytes()).splitlines():
        cluster = json.loads(line)
        nodes = [{"apiVersion": "v1", "kind": "Node"} | node for node in cluster["nodes"]]
        file.write_text(json.dumps({"kind": "List", "items": nodes + cluster["peers"]}))
        texts |= {with_addresses(text): None for g in Granularity for text in confs(file, g)}
    assert len(texts) > 1000
    check(lab, list(texts))
