"""kgctl gather: one file that is read like the cluster, with no secret in it."""

import dataclasses
import gzip
import io
import json
import re
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from kgctl_py import names
from kgctl_py.cluster.saved import bundle
from kgctl_py.kilo import resources
from kgctl_py.wireguard import Key, keygen
from tests.cli.kgctl import kgctl
from tests.in_memory import Raw, key, node, peer
from tests.kube.fake_server import FakeServer, Reply, kubeconfig, status
from tests.kube.objects import api_server, config_map, kilo, manifest, server_node, service, service_cidr

SECRET = "hush"
PSK, PRIVATE = key("psk"), key("private")
PUBLIC = str(keygen.public_key(Key.parse(PRIVATE)))
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
LOG = f"""\
{{"caller":"mesh.go","msg":"starting","key":"{key("a")}","private":"{PRIVATE}"}}
PresharedKey = {PSK}
Authorization: Bearer {SECRET}-{"x" * 40}
{{"url":"https://{SECRET}:{SECRET}@proxy","token":"{SECRET}"}}
jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ{SECRET}.{SECRET}
-----BEGIN EC PRIVATE KEY-----
{SECRET}
-----END EC PRIVATE KEY-----
"""


def nodes() -> list[Raw]:
    args = json.dumps(["server", "--service-cidr", "10.43.0.0/16", "--token", SECRET, f"--agent-token={SECRET}"])
    first = server_node(args, name="a")
    ready = node("a", 1)
    ready["metadata"]["annotations"] |= {**first["metadata"]["annotations"], "k3s.io/node-env": SECRET}
    ready["metadata"]["labels"] = {
        **first["metadata"]["labels"],
        "example.com/pass": SECRET,
        "example.com/site": "a",
    }
    return [ready, node("b", 2, "b", pod_cidr="10.42.2.0/24"), node("old", 3, last_seen="1")]


def peers() -> list[Raw]:
    p = peer("p", publicKey=PUBLIC, persistentKeepalive=25, presharedKey=PSK, secretField=SECRET)
    p["metadata"]["annotations"] = {APPLIED: json.dumps(p), names.OWNER: f"{SECRET}@example.com"}
    return [p, peer("q", 2, presharedKey=f"{SECRET} is no key"), peer("r", 3, allowedIPs=["x"])]


def kilo_pod() -> Raw:
    env = [{"name": "TOKEN", "value": SECRET}]
    containers = [
        {"name": "kilo", "args": ["--port=51821", f"--kubeconfig={SECRET}"], "env": env},
        {"name": "sidecar", "args": [SECRET], "env": env},
    ]
    labels = {"app.kubernetes.io/name": "kilo", "pass": SECRET}
    return manifest("Pod", "kube-system/kilo-x", labels=labels, spec={"containers": containers})


def daemon_set() -> Raw:
    raw = kilo(
        "--topology-label=example.com/site", "--port", "51821", f"--master=https://{SECRET}@x", f"--x={SECRET}"
    )
    raw["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "TOKEN", "value": SECRET}]
    raw["metadata"]["annotations"] = {APPLIED: SECRET}
    return raw


def corefile() -> str:
    route53 = f"route53 example.com {{\n    aws_access_key {SECRET} {SECRET}\n  }}"
    return f".:53 {{\n  {route53}\n  kubernetes cluster.test {{\n  }}\n}}\n"


def web() -> Raw:
    metadata = {"name": "web", "namespace": "default", "annotations": {APPLIED: SECRET}, "labels": {"x": SECRET}}
    port = {"name": "http", "port": 80, "appProtocol": f"{SECRET}/x"}
    spec = {"clusterIP": "10.96.0.80", "externalIPs": ["203.0.113.80"], "ports": [port], "selector": {"a": SECRET}}
    return {"metadata": metadata, "spec": spec, "status": {"loadBalancer": {"ingress": [{"hostname": SECRET}]}}}


def web_slice() -> Raw:
    labels = {"kubernetes.io/service-name": "web", "other": SECRET}
    target = {"kind": "Pod", "name": SECRET}
    endpoint = {"addresses": ["10.42.2.9"], "conditions": {}, "nodeName": "b", "targetRef": target}
    port = {"name": "http", "port": 8080, "appProtocol": f"{SECRET}/x"}
    metadata = {"name": "web-1", "namespace": "default", "labels": labels, "annotations": {"a": SECRET}}
    return {"metadata": metadata, "addressType": "IPv4", "endpoints": [endpoint], "ports": [port]}


OBJECTS: dict[str, list[Raw]] = {
    "/api/v1/nodes": nodes(),
    resources.PEERS_PATH: peers(),
    "/apis/networking.k8s.io/v1/servicecidrs": [service_cidr("10.96.0.0/12")],
    "/apis/apps/v1/daemonsets": [daemon_set()],
    "/api/v1/pods": [kilo_pod()],
    "/api/v1/namespaces/kube-system/pods": [
        api_server("--service-cluster-ip-range=10.96.0.0/12", f"--s={SECRET}")
    ],
    "/api/v1/namespaces/kube-system/services": [service("kube-system/kube-dns", "10.96.0.10", password=SECRET)],
    "/api/v1/services": [service("kube-system/kube-dns", "10.96.0.10"), web()],
    "/apis/discovery.k8s.io/v1/endpointslices": [web_slice()],
    "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices": [web_slice()],
    "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices": [],
    "/api/v1/namespaces/kube-system/configmaps": [config_map("coredns", Corefile=corefile(), other=SECRET)],
}


def listed(items: list[Raw]) -> Reply:
    return Reply(body=json.dumps({"items": items}).encode(), headers={"Date": "Thu, 01 Jan 2026 09:00:00 GMT"})


@dataclasses.dataclass(frozen=True)
class Live:
    """A cluster behind a small server, and kgctl run on it in a folder of its own."""

    folder: Path
    server: FakeServer

    def kgctl(self, *args: str) -> Result:
        return kgctl("--kubeconfig", str(self.folder / "config"), "--no-resolve", *args)

    def gather(self, *args: str) -> Result:
        return self.kgctl("gather", *args)


@pytest.fixture
def replies() -> dict[str, list[Reply]]:
    found = {path: [listed(items)] for path, items in OBJECTS.items()}
    found["/version"] = [Reply(body=b'{"gitVersion": "v1.33.2"}')]
    found["/api/v1/namespaces/kube-system/pods/kilo-x/log"] = [Reply(body=LOG.encode())]
    return found


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replies: dict[str, list[Reply]]) -> Any:
    monkeypatch.chdir(tmp_path)
    with FakeServer(replies) as server:
        kubeconfig(tmp_path / "config", server.url)
        yield Live(tmp_path, server)


def content(file: str = "kilo-gather.tar.gz") -> dict[str, str]:
    with tarfile.open(file) as tar:
        return {
            member.name.removeprefix("kilo-gather/"): opened.read().decode()
            for member in tar.getmembers()
            if (opened := tar.extractfile(member))
        }


def test_no_secret_of_the_cluster_is_in_the_bundle(live: Live) -> None:
    run = live.gather()
    assert run.exit_code == 0, run.stderr
    everything = "".join((*content(), *content().values()))
    for secret in (SECRET, PSK, PRIVATE):
        assert secret not in everything
        assert secret.encode() not in gzip.decompress(Path("kilo-gather.tar.gz").read_bytes())
    assert SECRET not in run.stdout + run.stderr
    for wanted in (key("a"), PUBLIC, "10.42.2.0/24", "--topology-label=example.com/site", "cluster.test"):
        assert wanted in everything


def test_the_bundle_is_read_like_the_cluster(live: Live) -> None:
    assert live.gather().exit_code == 0
    peer_p = ("showconf", "peer", "p")
    for args in (peer_p, ("showconf", "node", "a"), ("graph",), ("showconf", "peer", "q"), ("peer", "list")):
        there, here = live.kgctl(*args), kgctl("--from-file", "kilo-gather.tar.gz", *args)
        expected = there.stdout.replace(PSK, "PUT-THE-PRESHARED-KEY-HERE").replace(
            f"{SECRET}@example.com", "<none>"
        )
        assert words(here.stdout) == words(expected), args
        said = [
            line
            for line in here.stderr.splitlines()
            if "K-REDACTED" not in line and "--include-secrets" not in line
        ]
        assert said == [line for line in there.stderr.splitlines() if "preshared key" not in line or "K-" in line]


@pytest.mark.parametrize("refused", [(), ("/apis/apps/v1/daemonsets", "/api/v1/pods")])
def test_what_check_finds_is_the_same(
    live: Live, replies: dict[str, list[Reply]], refused: tuple[str, ...]
) -> None:
    replies |= {path: [status(403, "no")] for path in refused}
    with FakeServer(replies) as server:
        kubeconfig(live.folder / "config", server.url)
        live.gather()
        there = checked(live.kgctl("check", "-o", "json"))
    here = checked(kgctl("--from-file", "kilo-gather.tar.gz", "check", "-o", "json"))
    assert here == there
    assert "K-PEER-PSK" in json.dumps(here)


def checked(run: Result) -> Any:
    """Return what is told of all but the way to the cluster, in hints too, and of whether names were looked up."""
    told = json.loads(run.stdout)
    (sections,) = (value for value in told.values() if isinstance(value, list))
    kept = [section for section in sections if section["name"] != "kubernetes"]
    text = json.dumps(kept).replace("DNS names of endpoints are not resolved with --from-file", "--no-resolve")
    return json.loads(re.sub(r",? in the live cluster| --(kubeconfig|from-file) [^ \"]+", "", text))


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("ip", ["10.96.0.80", "203.0.113.80", "10.96.0.81", "10.96.0.10"])
def test_a_trace_to_a_service_says_the_same(live: Live, ip: str) -> None:
    assert live.gather().exit_code == 0
    there, here = (
        json.loads(run.stdout)
        for run in (
            live.kgctl("trace", "a", ip, "-o", "json"),
            kgctl("--from-file", "kilo-gather.tar.gz", "trace", "a", ip, "-o", "json"),
        )
    )
    assert here == there
    if ip.endswith(".80"):
        assert here["service"]["endpoints"][0]["address"] == "10.42.2.9"


def test_a_service_without_endpoints_is_known_of_a_bundle_but_not_of_other_files(live: Live) -> None:
    assert live.gather().exit_code == 0
    bundle = ("--from-file", "kilo-gather.tar.gz")
    run = kgctl(*bundle, "trace", "a", "10.96.0.10")
    assert run.exit_code == 1
    assert run.stdout.splitlines()[-1] == "no: the Service kube-system/kube-dns has no ready endpoints"
    Path("more.yaml").write_text(json.dumps(peer("more", 9)))
    run = kgctl(*bundle, "--from-file", "more.yaml", "trace", "a", "10.96.0.10")
    assert run.exit_code == 0
    assert run.stdout.splitlines()[-1].startswith("perhaps: ")


@pytest.mark.parametrize("kind", ["/api/v1/services", "/apis/discovery.k8s.io/v1/endpointslices"])
def test_services_that_cannot_be_read_are_told_and_a_trace_depends_on_them(
    live: Live, replies: dict[str, list[Reply]], kind: str
) -> None:
    replies[kind][:] = [status(403, "no")]
    with FakeServer(replies) as server:
        kubeconfig(live.folder / "config", server.url)
        run = live.gather()
    noun = "Services" if "services" in kind else "EndpointSlices"
    assert run.exit_code == 0
    assert f"kgctl: warning: you are not allowed to read {noun}" in run.stderr
    traced = kgctl("--from-file", "kilo-gather.tar.gz", "trace", "a", "10.96.0.80")
    assert traced.stdout.splitlines()[-1].startswith("perhaps: ")
    assert "kgctl: note: kgctl does not know" in traced.stderr
    assert f"you are not allowed to read {noun}" in traced.stderr


def test_pods_that_cannot_be_read_with_any_label_are_told_once(
    live: Live, replies: dict[str, list[Reply]]
) -> None:
    for path in ("/apis/networking.k8s.io/v1/servicecidrs", "/api/v1/namespaces/kube-system/pods"):
        replies[path][:] = [status(403, "no")]
    with FakeServer(replies) as server:
        kubeconfig(live.folder / "config", server.url)
        run = live.gather()
    assert run.stderr.count("you are not allowed to read Pods in kube-system\n") == 1


def test_the_output_of_info_is_the_same(live: Live) -> None:
    assert live.gather().exit_code == 0
    there, here = (
        json.loads(run.stdout)
        for run in (
            live.kgctl("info", "-o", "json"),
            kgctl("--from-file", "kilo-gather.tar.gz", "info", "-o", "json"),
        )
    )
    for unknown in ("context", "server"):
        there.pop(unknown)
        assert here[unknown].pop("source").startswith("not in ")
        assert here.pop(unknown)["value"] is None
    assert not here["serverVersion"]["source"].startswith("not in ")
    assert here["serverVersion"].pop("source") != there["serverVersion"].pop("source")
    assert here == there
    assert here["serverVersion"] == {"value": "v1.33.2", "guess": False}


def test_a_redacted_preshared_key_is_reported_and_not_printed(live: Live) -> None:
    live.gather()
    from_bundle = ("--from-file", "kilo-gather.tar.gz", "showconf", "peer", "p")
    run = kgctl(*from_bundle)
    assert "PresharedKey = PUT-THE-PRESHARED-KEY-HERE\n" in run.stdout
    assert 'warning: K-REDACTED peer "p": its preshared key is not in the bundle' in run.stderr
    as_peer = kgctl(*from_bundle, "--as-peer", "-o", "yaml")
    assert (as_peer.exit_code, "preshared" in as_peer.stdout) == (0, False)
    assert "K-REDACTED" in as_peer.stderr
    assert "REDACTED+" not in run.stdout + as_peer.stdout
    Path("key").write_text(PRIVATE)
    qr = kgctl("--from-file", "kilo-gather.tar.gz", "qr", "peer", "p", "--private-key", "key", "-O", "p.png")
    assert (qr.exit_code, Path("p.png").exists()) == (1, False)
    assert "a QR code needs the preshared key, which is redacted or encrypted" in qr.stderr


def test_secrets_are_included_on_request(live: Live) -> None:
    run = live.gather("--include-secrets")
    assert "the file contains secrets" in run.stderr
    everything = "".join(content().values())
    assert PSK in everything
    assert f"{SECRET}@example.com" in everything
    assert content()["logs/kube-system/kilo-x.log"] == LOG
    run = kgctl("--from-file", "kilo-gather.tar.gz", "showconf", "peer", "p")
    assert f"PresharedKey = {PSK}\n" in run.stdout
    assert "K-REDACTED" not in run.stderr


def test_the_manifest_lists_what_is_included_and_what_is_missing(
    live: Live, replies: dict[str, list[Reply]]
) -> None:
    for path in ("/api/v1/namespaces/kube-system/configmaps", "/api/v1/pods"):
        replies[path][:] = [status(403, "no")]
    with FakeServer(replies) as server:
        kubeconfig(live.folder / "config", server.url)
        run = live.gather()
        there = live.kgctl("--verbose", "info")
    told = json.loads(content()["manifest.json"])
    assert run.exit_code == 0
    assert (told["format"], told["server"], told["taken"], told["secrets"]) == (1, "v1.33.2", told["taken"], False)
    assert set(told["files"]) == set(content()) - {"manifest.json"}
    why = [one["why"] for one in told["unreadable"]]
    assert "you are not allowed to read Pods" in why
    assert "you are not allowed to read ConfigMap kube-system/coredns" in why
    assert all(f"kgctl: warning: {line}" in run.stderr for line in why)
    here = kgctl("--from-file", "kilo-gather.tar.gz", "--verbose", "info")
    for line in there.stderr.splitlines():
        assert line.replace("warning: ", "") in here.stderr


def test_a_log_that_cannot_be_had_is_no_reason_to_stop(live: Live, replies: dict[str, list[Reply]]) -> None:
    replies["/api/v1/namespaces/kube-system/pods/kilo-x/log"][:] = [status(500, "the node does not answer")]
    with FakeServer(replies) as server:
        kubeconfig(live.folder / "config", server.url)
        run = live.gather()
    assert run.exit_code == 0
    assert 'warning: cannot read the log of pod "kube-system/kilo-x": ' in run.stderr
    assert "kube-system/kilo-x" in json.loads(content()["manifest.json"])["unreadLogs"]


@pytest.mark.parametrize(
    "place",
    ["kube-system/..", "kube-system/.", "../kilo-x", "kube-system/a%2f..", "kube-system/a b\n", "../../../x/y"],
)
def test_a_pod_with_a_path_as_its_name_is_neither_read_nor_written(
    live: Live, replies: dict[str, list[Reply]], place: str
) -> None:
    pod = kilo_pod()
    pod["metadata"]["namespace"], _, pod["metadata"]["name"] = place.partition("/")
    replies["/api/v1/pods"][:] = [listed([pod])]
    with FakeServer(replies) as server:
        kubeconfig(live.folder / "config", server.url)
        run = live.gather()
        asked = [request.path for request in server.requests if request.path.endswith("/log")]
    assert run.exit_code == 0, run.stderr
    assert [path for path in asked if "/../" in path or path.count("/") != 7] == []
    assert [name for name in content() if ".." in name.split("/")] == []
    assert live.kgctl("--from-file", "kilo-gather.tar.gz", "info").exit_code == 0


def test_a_refusal_is_reported_without_its_secrets(live: Live, replies: dict[str, list[Reply]]) -> None:
    refusal = status(403, f"token={SECRET} may not")
    replies["/api/v1/namespaces/kube-system/pods/kilo-x/log"][:] = [refusal]
    replies["/api/v1/namespaces/kube-system/services"][:] = [refusal]
    with FakeServer(replies) as server:
        kubeconfig(live.folder / "config", server.url)
        assert live.gather().exit_code == 0
    assert SECRET not in "".join(content().values())
    assert "may not" in content()["manifest.json"]


def test_findings_are_in_it_as_text(live: Live) -> None:
    live.gather()
    told = content()["check.txt"]
    assert 'peer "q": spec.presharedKey is not a WireGuard key' in told
    assert "K-PEER-PSK" in told


def test_the_file_is_for_one_alone_and_never_written_over(live: Live) -> None:
    assert live.gather("-O", "x.tar.gz").exit_code == 0
    file = Path("x.tar.gz")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    asked = len(live.server.requests)
    run = live.gather("-O", "x.tar.gz")
    assert (run.exit_code, run.stderr) == (
        1,
        'kgctl: "x.tar.gz" already exists\nhint: to replace it, add --force\n',
    )
    assert (file.read_bytes(), len(live.server.requests)) == (before, asked)
    assert "does not exist" in live.gather("-O", "no/x.tar.gz").stderr
    assert len(live.server.requests) == asked
    assert live.gather("-O", "x.tar.gz", "--force").exit_code == 0


def test_stdout_may_take_it(live: Live) -> None:
    run = live.gather("-O", "-")
    assert bundle.unpack(run.stdout_bytes).manifest.server == "v1.33.2"
    assert "wrote to stdout: 3 Nodes, 3 Peers" in run.stderr
    piped = kgctl("--from-file", "-", "showconf", "peer", "p", stdin=run.stdout_bytes)
    assert piped.exit_code == 0


def test_nothing_is_written_when_the_cluster_cannot_be_read(live: Live, replies: dict[str, list[Reply]]) -> None:
    replies[resources.PEERS_PATH][:] = [status(403, "no")]
    with FakeServer(replies) as server:
        kubeconfig(live.folder / "config", server.url)
        run = live.gather()
    assert (run.exit_code, run.stdout) == (1, "")
    assert "does not allow this request" in run.stderr
    assert not Path("kilo-gather.tar.gz").exists()


def test_a_file_is_not_gathered_again(live: Live) -> None:
    live.gather()
    run = kgctl("--from-file", "kilo-gather.tar.gz", "gather", "-O", "again.tar.gz")
    assert run.exit_code == 2
    assert "cannot gather from a file" in run.stderr


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"x": b""}, 'it has no "manifest.json"'),
        ({"manifest.json": b"{"}, '"manifest.json" has an unexpected format'),
        ({"manifest.json": b'{"format": 2, "taken": 1}'}, "it has format 2, but this kgctl supports 1"),
        ({"manifest.json": b'{"format": 1, "taken": 1}', "objects/Node.json": b"[" * 100_000}, "Node.json"),
        ({"manifest.json": b'{"format": 1, "taken": 1}', "objects/Node.json": b'{"items": 1}'}, "Node.json"),
        ({"manifest.json": b'{"format": 1, "taken": 1}'}, "contains no Node and no Peer"),
        ({"../manifest.json": b""}, "is outside its folder"),
    ],
)
def test_another_archive_is_refused_in_one_line(tmp_path: Path, files: dict[str, bytes], told: str) -> None:
    file = tmp_path / "x.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"kilo-gather/{name}")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    run = kgctl("--from-file", str(file), "graph")
    assert (run.exit_code, run.stdout) == (1, "")
    assert told in run.stderr
    assert len(run.stderr.splitlines()) == 2
    assert "fault of kgctl" not in run.stderr
