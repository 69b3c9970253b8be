"""`kgctl dns export`: names of nodes and peers in three formats, and in a file that is kept current."""

import ipaddress
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.zone
import pytest
from hypothesis import given

from kgctl_py.mesh.dns_names import dns_names
from kgctl_py.render.dns.corefile import corefile
from kgctl_py.render.dns.hosts import hosts
from kgctl_py.render.dns.zone_file import zone_file
from tests.cli.kgctl import kgctl_program
from tests.in_memory import Cluster, node, peer
from tests.kube.fake_server import FakeServer, kubeconfig
from tests.kube.watched import NODES, PEERS, WATCH_NODES, WATCH_PEERS, Feed, event, listed, live_node, until
from tests.strategies import clusters, hostile

MESH = Cluster(
    nodes=[node("north", 1, "alps"), node("north-2", 2, "alps"), node("south", 3, "coast")],
    peers=[
        peer("laptop", 1, allowedIPs=["10.5.0.1/32", "2001:db8::1/128", "192.168.7.0/24"]),
        peer("site", 2, allowedIPs=["192.168.8.0/24"]),
        peer("off", 3, allowedIPs=[]),
    ],
)
ADDRESSES = {
    "laptop": {"10.5.0.1", "2001:db8::1"},
    "north": {"10.4.0.1"},
    "north-2": {"10.1.0.2"},
    "south": {"10.4.0.2"},
}


def of_hosts(text: str) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            ip, name = line.split()
            assert name.endswith(".kilo.internal")
            names.setdefault(name.removesuffix(".kilo.internal"), set()).add(ip)
    return names


def of_corefile(text: str) -> dict[str, set[str]]:
    first, *lines = text.splitlines()[1:]
    assert (first, lines[-1]) == ("kilo.internal:53 {", "}")
    return of_hosts("\n".join(line for line in lines if line.endswith(".internal")))


def of_zone(text: str) -> dict[str, set[str]]:
    zone = dns.zone.from_text(text, origin="kilo.internal.")
    names: dict[str, set[str]] = {}
    for kind in ("A", "AAAA"):
        for name, _, record in zone.iterate_rdatas(kind):
            names.setdefault(str(name), set()).add(record.to_text())
    return names


FORMATS = {"hosts": of_hosts, "coredns": of_corefile, "zone": of_zone}


@pytest.mark.parametrize("output", FORMATS)
def test_leaders_other_nodes_and_peers_have_names(output: str) -> None:
    result = MESH.kgctl("dns", "export", "-o", output)
    assert (result.exit_code, result.stderr) == (0, "")
    assert FORMATS[output](result.stdout) == ADDRESSES


def test_the_zone_has_the_time_as_its_serial_and_another_domain_if_wanted() -> None:
    zone = dns.zone.from_text(
        MESH.kgctl("dns", "export", "-o", "zone", "--domain", "a.b").stdout, relativize=False
    )
    assert (str(zone.origin), zone.get_soa().serial) == ("a.b.", 1767258000)


def test_names_that_dns_does_not_allow_are_left_out_with_one_note() -> None:
    names = ("a" * 64, "b.." + "c", "north", "-x", "localhost", "d\n127.0.0.1 evil")
    mesh = Cluster(nodes=[node("north")], peers=[peer(name, number) for number, name in enumerate(names, 1)])
    result = mesh.kgctl("dns", "export")
    assert of_hosts(result.stdout) == {"localhost": {"10.5.0.5"}, "north": {"10.4.0.1"}}
    assert result.stderr == (
        'kgctl: left out: peer "-x" (not a DNS name), '
        f'peer "{"a" * 64}" (not a DNS name), peer "b..c" (not a DNS name), and 2 more\n'
    )


@given(clusters(hostile))
def test_nothing_but_names_of_the_domain_and_addresses_is_printed(cluster: Cluster) -> None:
    names = dns_names(cluster.topology(), "kilo.internal")
    read = of_zone(zone_file(names, 1))
    assert of_hosts(hosts(names)) == of_corefile(f"#\n{corefile(names)}") == read
    for addresses in read.values():
        assert all(ipaddress.ip_address(ip) for ip in addresses)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--domain", "Kilo"), '--domain "Kilo" is not a domain name in lower case'),
        (("--domain", ""), '--domain "" is not a domain name in lower case'),
        (("--domain", "a.7"), '--domain "a.7" is not a domain name in lower case'),
        (("--watch",), "--watch needs -O FILE"),
        (("-O", "x", "--on-change", "true"), "--on-change needs --watch"),
    ],
)
def test_a_mistake_on_the_command_line_is_told(args: tuple[str, ...], said: str) -> None:
    result = MESH.kgctl("dns", "export", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_folder_is_not_a_file_to_write(tmp_path: Path) -> None:
    run = MESH.kgctl("dns", "export", "-O", str(tmp_path))
    assert (run.exit_code, run.stdout) == (1, "")
    assert run.stderr == f'kgctl: "{tmp_path}" is a folder\nhint: use -O {tmp_path}/NAME\n'


def test_a_mesh_without_names_is_an_error() -> None:
    result = Cluster(nodes=[node("_", 1)]).kgctl("dns", "export")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "kgctl: no node and no peer has a name\n" in result.stderr


@pytest.mark.parametrize("stdout", ["-", "/dev/stdout"])
def test_stdout_is_written_and_not_read(stdout: str) -> None:
    program = kgctl_program("--from-file", "docs/example-cluster.yaml", "dns", "export", "-O", stdout)
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True)
    assert "berlin-1.kilo.internal" in done.stdout


def test_names_on_stdout_are_not_a_file_that_was_written() -> None:
    assert MESH.kgctl("dns", "export", "-O", "-").stderr == ""


def test_only_a_file_of_this_command_is_replaced(tmp_path: Path) -> None:
    file, empty = tmp_path / "kilo.hosts", Cluster(nodes=[node("north")])
    options = ("dns", "export", "-O", str(file))
    assert MESH.kgctl(*options).stderr == f'kgctl: wrote "{file}"\n'
    assert empty.kgctl(*options).stderr == f'kgctl: wrote "{file}"\n'
    assert empty.kgctl(*options).stderr == ""
    file.write_text("127.0.0.1 localhost\n")
    result = MESH.kgctl(*options)
    assert (result.exit_code, file.read_text()) == (1, "127.0.0.1 localhost\n")
    assert result.stderr == f'kgctl: "{file}" already exists\nhint: to replace it, add --force\n'
    assert MESH.kgctl(*options, "--force").exit_code == 0
    assert of_hosts(file.read_text()) == ADDRESSES


class Watching:
    """A process that keeps a hosts file current, and the server that it follows."""

    def __init__(self, folder: Path, server: FakeServer) -> None:
        self.file, self.changes = folder / "kilo.hosts", folder / "changes"
        options = ("--kubeconfig", kubeconfig(folder / "config", server.url), "--no-resolve", "dns", "export")
        command = kgctl_program(
            *options, "-O", str(self.file), "--watch", "--on-change", f"echo x >> {self.changes}"
        )
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def has(self, names: dict[str, set[str]], changes: int) -> None:
        """Wait until the file has these names, and the command ran as often."""
        until(lambda: self.file.exists() and of_hosts(self.file.read_text()) == names, within=20)
        until(lambda: self.changes.exists() and len(self.changes.read_text().splitlines()) == changes, within=20)


@pytest.fixture
def feeds() -> tuple[Feed, Feed]:
    return Feed(), Feed()


@pytest.fixture
def watching(tmp_path: Path, feeds: tuple[Feed, Feed]) -> Iterator[Watching]:
    nodes, peers = feeds
    replies: dict[str, Any] = {
        NODES: [listed(live_node("north", 1))],
        PEERS: [listed(peer("laptop", 1))],
        WATCH_NODES: [nodes.reply],
        WATCH_PEERS: [peers.reply],
    }
    with FakeServer(replies) as server:
        one = Watching(tmp_path, server)
        yield one
        one.process.kill()
        one.process.communicate()


def test_a_file_follows_the_names_and_nothing_else(watching: Watching, feeds: tuple[Feed, Feed]) -> None:
    _, peers = feeds
    names = {"north": {"10.4.0.1"}, "laptop": {"10.5.0.1"}}
    watching.has(names, 1)
    peers.say(event("MODIFIED", peer("laptop", 1, persistentKeepalive=7)))  # no name changes
    peers.say(event("ADDED", peer("phone", 2)))
    watching.has({**names, "phone": {"10.5.0.2"}}, 2)
    watching.process.send_signal(signal.SIGINT)
    _, told = watching.process.communicate(timeout=20)
    assert told.splitlines() == [f'kgctl: wrote "{watching.file}"'] * 2
