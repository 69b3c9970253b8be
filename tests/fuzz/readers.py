"""What kgctl reads, each with good inputs to start from; every other error than its own is a fault."""

import contextlib
import gzip
import io
import itertools
import json
import random
import tarfile
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from kgctl_py.cluster.git import kustomization
from kgctl_py.cluster.git.git_folder import Folder
from kgctl_py.cluster.saved import bundle
from kgctl_py.config.read_configuration import read_configuration
from kgctl_py.errors import KgctlError
from kgctl_py.fs import yaml_edit
from kgctl_py.fs.archive import ArchiveError
from kgctl_py.kilo import resources
from kgctl_py.kilo.discovered_endpoints import discovered_endpoints
from kgctl_py.kilo.resources import NODE_LIST
from kgctl_py.kube import decoding
from kgctl_py.kube.auth import Cluster, Exec
from kgctl_py.kube.auth.credentials import Patience, obtain_credentials
from kgctl_py.kube.auth.exec_plugin import Terms, credential
from kgctl_py.kube.auth.merge_kubeconfigs import load
from kgctl_py.kube.auth.tls import tls_context
from kgctl_py.kube.auth.url_and_headers import request_headers
from kgctl_py.kube.client import Client
from kgctl_py.kube.listwatch.watch import events
from kgctl_py.kube.objects.selector import parse_selector
from kgctl_py.kube.objects.yaml_text import load_all
from kgctl_py.kube.paging import list_pages
from kgctl_py.kube.read_list import read_list
from kgctl_py.value import Value
from tests.cli.kgctl import kgctl
from tests.fuzz.mutations import as_json, mutated_bytes, mutated_value
from tests.in_memory import EXAMPLE, Raw, key, node, peer
from tests.kube.fake_server import FakeServer, Reply
from tests.kube.objects import api_server, config_map, kilo, server_node, service, service_cidr
from tests.kube.raw_server import RawServer

LONGEST_SHOWN = 2000

Seeds = tuple[bytes, ...]


class Reader(Value, frozen=True):
    """A function that reads bytes, or raises one of `errors`; its good inputs are bytes or `values`."""

    read: Callable[[bytes], object]
    seeds: Seeds = ()
    values: tuple[Any, ...] = ()
    errors: tuple[type[Exception], ...] = (KgctlError,)

    def inputs(self, chance: random.Random) -> Iterator[bytes]:
        """Yield inputs without an end."""
        seeds = [*self.seeds, *map(as_json, self.values)]
        while True:
            if self.values and chance.random() < 0.6:
                data = as_json(mutated_value(chance.choice(self.values), chance))
            else:
                data = mutated_bytes(chance.choice(seeds), chance)
            yield data


class FaultError(Exception):
    """An input that is no clear error."""


def run(reader: Reader, data: bytes) -> None:
    """Read `data`; raise FaultError for an exception that is none of the reader's own."""
    try:
        reader.read(data)
    except reader.errors:
        pass
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        shown = data if len(data) < LONGEST_SHOWN else data[:LONGEST_SHOWN] + b"..."
        raise FaultError(f"{type(error).__name__} at {place}: {str(error)[:300]} for {shown!r}") from error


@contextlib.contextmanager
def in_file(data: bytes, name: str = "file") -> Iterator[str]:
    """Yield the path of a file with `data`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        yield str(path)


def read_kgctl(*args: str, name: str = "file") -> Callable[[bytes], None]:
    """Return a reader that hands a file to kgctl, as `FILE` in its arguments."""

    def read(data: bytes) -> None:
        with in_file(data, name) as path:
            run = kgctl(*(path if word == "FILE" else word for word in args))
        if "fault of kgctl" in run.stderr or (run.exception and not isinstance(run.exception, SystemExit)):
            raise RuntimeError(f"{args}: {run.stderr} {run.exception!r}")
        if run.exit_code == 0:
            return
        lines = [line for line in run.stderr.split("\n") if line and not line.startswith(("hint: ", "kgctl: "))]
        if lines and args[0] != "lint" and "check" not in args:
            raise RuntimeError(f"{args}: {run.stderr}")

    return read


def read_kubeconfig(data: bytes) -> None:
    """Read a kubeconfig as far as that goes without a server."""
    with in_file(data) as path:
        access = load(path, None)
        if access.user.exec or access.user.auth_provider:
            return
        user = obtain_credentials(access, Patience(1, attended=False)).user
        list(request_headers(user))
        tls_context(access, user)


def read_plugin(data: bytes) -> None:
    """Read what a credential plugin prints."""
    with in_file(data) as path:
        plugin = Exec(command="cat", args=[path], api_version="client.authentication.k8s.io/v1")
        credential(plugin, Cluster(), Terms(seconds=5, attended=False))


def read_folder(data: bytes) -> None:
    """Read a folder in Git with a kustomization, and what it lists."""
    with in_file(data, "kustomization.yaml") as path:
        (Path(path).parent / "a.yaml").write_bytes(yaml.safe_dump(peer("a")).encode())
        Folder(str(Path(path).parent)).all_peers()


def read_peer_file(data: bytes) -> None:
    """Read a Peer in a folder in Git, and change it."""
    with in_file(data, "a.yaml") as path:
        (Path(path).parent / "kustomization.yaml").write_text("resources: [a.yaml]\n")
        folder = str(Path(path).parent)
        for command in (
            ("set", "a", "--keepalive", "5"),
            ("add", "b", "--public-key", key("b"), "--ip", "10.5.0.9/32"),
        ):
            run = kgctl("--from-file", str(EXAMPLE), "peer", *command, "--git", folder, "--print", "none")
            if "fault of kgctl" in run.stderr:
                raise RuntimeError(run.stderr)


def read_api(data: bytes) -> None:
    """Read the objects of a server, and change a Peer of it, which the server refuses."""
    items = json.loads(data)
    one = items.get("peer") if isinstance(items, dict) else items
    nodes = items.get("nodes") if isinstance(items, dict) else items
    replies = {
        resources.NODES_PATH: [Reply(body=as_json({"items": nodes}))],
        resources.PEERS_PATH: [Reply(body=as_json({"items": [one]}))],
        f"{resources.PEERS_PATH}/a": [Reply(body=as_json(one))],
    }
    with FakeServer(replies) as server, in_file(kubeconfig_for(server.url)) as path:
        for command in API_COMMANDS:
            run = kgctl("--kubeconfig", path, "--no-resolve", *command)
            if "fault of kgctl" in run.stderr:
                raise RuntimeError(f"{command}: {run.stderr}")


def read_answer(data: bytes) -> None:
    """Read an answer of a server, whole or as a list."""
    with RawServer([data, b""], hang_up=True) as server, in_file(kubeconfig_for(server.url)) as path:
        client = Client(kubeconfig=path, request_timeout=2)
        with contextlib.suppress(KgctlError):
            read_list(client, NODE_LIST, str, exact=False)
        list(
            itertools.islice(list_pages(client, "/api/v1/nodes", "NodeList", decoding.Page[resources.Node], {}), 3)
        )


def read_stream(data: bytes) -> None:
    """Read a watch of a server."""
    with RawServer([data], hang_up=True) as server, in_file(kubeconfig_for(server.url)) as path:
        client = Client(kubeconfig=path, request_timeout=2)
        reply = client.stream("/api/v1/nodes", {"watch": "true"}, silence=2)
        list(events(reply.lines(), resources.Node, path="/x", server="y"))


def kubeconfig_for(url: str) -> bytes:
    """Return a kubeconfig for a server."""
    return as_json({**KUBECONFIG, "clusters": [{"name": "c", "cluster": {"server": url}}]})


def text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """Return a reader of bytes for a reader of texts."""
    return lambda data: read(data.decode(errors="surrogateescape"))


API_COMMANDS = (
    ("get", "nodes,peers"),
    ("check", "--all"),
    ("info",),
    ("peer", "add", "b", "--print", "none", "--public-key", key("b")),
    ("peer", "set", "a", "--keepalive", "7"),
    ("peer", "rotate", "a", "--yes", "--print", "none", "--public-key", key("c")),
    ("peer", "rm", "a", "--yes"),
)
KUBECONFIG: dict[str, Any] = {
    "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1", "tls-server-name": "x"}}],
    "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
    "users": [
        {"name": "u", "user": {"token": "t", "as": "kim", "as-groups": ["a"], "as-user-extra": {"k": ["v"]}}}
    ],
    "current-context": "x",
}
CERTIFICATE: dict[str, Any] = {
    **KUBECONFIG,
    "clusters": [{"name": "c", "cluster": {"server": "https://h", "certificate-authority-data": "QUJD"}}],
    "users": [{"name": "u", "user": {"client-certificate-data": "QUJD", "client-key-data": "QUJD"}}],
}
PLUGIN = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "t"}}
PEER: Raw = peer("a", 5, persistentKeepalive=25, endpoint={"dnsOrIP": {"ip": "203.0.113.9"}, "port": 51820})
NODES: list[Raw] = [
    node("a", 1, discovered_endpoints=json.dumps({key("b"): {"IP": "203.0.113.3", "Port": 5, "Zone": ""}})),
    node("b", 2, "b", pod_cidr="10.42.2.0/24", allowed_location_ips="10.9.0.0/16", persistent_keepalive="25"),
]
OTHERS: list[Raw] = [
    kilo("--mesh-granularity=full", "--port", "51821", "--service-cidr=10.43.0.0/16"),
    api_server("--service-cluster-ip-range=10.96.0.0/12"),
    config_map("coredns", Corefile=".:53 {\n  kubernetes cluster.local\n}\n"),
    config_map("kubeadm-config", ClusterConfiguration="networking:\n  serviceSubnet: 10.96.0.0/12\n"),
    server_node(json.dumps(["server", "--service-cidr", "10.43.0.0/16"])),
    service("kube-system/kube-dns", "10.96.0.10"),
    service_cidr("10.96.0.0/12"),
]
LIST = {"apiVersion": "v1", "kind": "List", "items": [*NODES, PEER, *OTHERS]}
CONF = b"""[Interface]
PrivateKey = %s
Address = 10.5.0.1/32, fd00::1/128
ListenPort = 51820
DNS = 10.43.0.10, cluster.local
MTU = 1420
Table = off
PostUp = echo hi

# berlin
[Peer]
PublicKey = %s
PresharedKey = %s
AllowedIPs = 10.4.0.1/32, 10.42.0.0/24
Endpoint = [fe80::1%%eth0]:51820
PersistentKeepalive = 25
""" % tuple(key(name).encode() for name in "abc")
NETDEV = b"""[NetDev]
Name=wg0
Kind=wireguard
[WireGuard]
PrivateKey=%s
[WireGuardPeer]
PublicKey=%s
AllowedIPs=10.4.0.1/32
"""
KEYFILE = b"""[connection]
id=a
type=wireguard
[wireguard]
private-key=%s
[wireguard-peer.%s]
allowed-ips=10.4.0.1/32;
"""
CONFS = (CONF, *(one % (key("a").encode(), key("b").encode()) for one in (NETDEV, KEYFILE)))
KUSTOMIZATION: dict[str, Any] = {"resources": ["a.yaml"], "patches": [{"path": "p.yaml"}], "namePrefix": ""}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Thu, 01 Jan 2026 09:00:00 GMT\r\n"
BODY = as_json({"items": NODES, "metadata": {"resourceVersion": "1"}})
EVENT = as_json({"type": "ADDED", "object": NODES[0]}) + b"\n"


def _with_length(body: bytes, more: bytes = b"") -> bytes:
    return HEAD + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _chunked(body: bytes) -> bytes:
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


ANSWERS = (
    _with_length(BODY),
    _chunked(BODY),
    _with_length(gzip.compress(BODY), b"Content-Encoding: gzip\r\n"),
    b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\n{}",
)


def _bundles() -> Seeds:
    files = {
        "kilo-gather/manifest.json": as_json({"format": 1, "taken": 1767225600, "unreadable": []}),
        "kilo-gather/objects/Node.json": as_json({"apiVersion": "v1", "kind": "NodeList", "items": NODES}),
    }
    made = []
    for kind in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w", format=kind) as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size, member.pax_headers = len(content), {"x": "y"}
                tar.addfile(member, io.BytesIO(content))
        made.append(plain.getvalue())
    return tuple(made)


READERS: dict[str, Reader] = {
    "yaml": Reader(load_all, (EXAMPLE.read_bytes()[:4000], yaml.safe_dump(LIST).encode()), (LIST,), (ValueError,)),
    "patch": Reader(
        text(lambda given: yaml_edit.made_equal(given, {**PEER, "x": [1]})),
        (yaml.safe_dump(PEER).encode(),),
        (PEER,),
        (ValueError,),
    ),
    "edit": Reader(
        text(lambda given: yaml_edit.changed(given, lambda data: data.update(a=1))),
        (yaml.safe_dump(PEER).encode(), yaml.safe_dump(KUSTOMIZATION).encode()),
        (PEER,),
        (ValueError,),
    ),
    "kustomization": Reader(
        text(kustomization.resources), (yaml.safe_dump(KUSTOMIZATION).encode(),), (KUSTOMIZATION,), (ValueError,)
    ),
    "folder": Reader(read_folder, (yaml.safe_dump(KUSTOMIZATION).encode(),), (KUSTOMIZATION,)),
    "peer file": Reader(read_peer_file, (yaml.safe_dump(PEER).encode(),), (PEER,)),
    "lint": Reader(
        read_kgctl("lint", "FILE"), (yaml.safe_dump(PEER).encode(),), (PEER, {**LIST, "items": [PEER, PEER]})
    ),
    "get": Reader(read_kgctl("--from-file", "FILE", "get", "nodes,peers,locations", "-o", "wide"), (), (LIST,)),
    "check": Reader(read_kgctl("--from-file", "FILE", "check", "--all"), (), (LIST,)),
    "showconf": Reader(read_kgctl("--from-file", "FILE", "showconf", "peer", "a", "-o", "wg-quick"), (), (LIST,)),
    "graph": Reader(read_kgctl("--from-file", "FILE", "graph"), (), (LIST,)),
    "info": Reader(read_kgctl("--from-file", "FILE", "info"), (), (LIST,)),
    "trace": Reader(read_kgctl("--from-file", "FILE", "trace", "a", "10.42.2.9"), (), (LIST,)),
    "kubeconfig": Reader(read_kubeconfig, (yaml.safe_dump(KUBECONFIG).encode(),), (KUBECONFIG, CERTIFICATE)),
    "plugin": Reader(read_plugin, (), (PLUGIN,)),
    "configuration": Reader(lambda data: _in_file(data, read_configuration), CONFS),
    "bundle": Reader(lambda data: bundle.unpack(gzip.compress(data, 1)), _bundles(), (), (ArchiveError,)),
    "packed bundle": Reader(bundle.unpack, tuple(map(gzip.compress, _bundles())), (), (ArchiveError,)),
    "api": Reader(read_api, (), ({"nodes": NODES, "peer": PEER},), (KgctlError, ValueError)),
    "answer": Reader(read_answer, ANSWERS, (), (KgctlError, TimeoutError)),
    "watch": Reader(
        read_stream, (_chunked(EVENT + EVENT), HEAD + b"\r\n" + EVENT), (), (KgctlError, TimeoutError)
    ),
    "endpoints": Reader(
        text(discovered_endpoints), (), ({key("b"): {"IP": "203.0.113.3", "Port": 5, "Zone": ""}},)
    ),
    "selector": Reader(text(parse_selector), (b"a=b,c in (d, e),!f,g!=h",), (), (ValueError,)),
    "list": Reader(
        lambda data: decoding.decode(data, decoding.Page[resources.Node], "x"), (), ({"items": NODES},)
    ),
}


def _in_file(data: bytes, read: Callable[[str], object]) -> None:
    with in_file(data, "wg0.conf") as path:
        read(path)
