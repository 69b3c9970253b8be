"""Every command that writes files: one row for each way, and the commands that write no file."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from tests.in_memory import Cluster, key, listening_peer, node, peer

CONF = ("-o", "wg-quick", "--private-key", "../laptop.key")
SAVED = ("--from-file", "../cluster.json")
PRIVATE, PUBLIC = "4Nj54cMoKkLKcl16w2Eq0CcpzbgFTBaKGz3cRwSvJ1w=", "nf74z4jmD1xR8tc795aH5duTl9OiVESGDtcUC1u8h2A="
CLUSTER = Cluster(
    nodes=[node("berlin", 1, "a"), node("paris", 2, "b")],
    peers=[peer("laptop", 1, publicKey=PUBLIC), listening_peer("office", 2)],
)
OTHER = Cluster(nodes=[node("rome", 3, "c", wireguard_ip="10.6.0.3/16", internal_ip="10.8.0.3/24")])
NEW_KEY = key("somebody new")


@dataclasses.dataclass(frozen=True)
class Row:
    """A command line that is run in a folder, and what is in the folder before."""

    words: str
    args: tuple[str, ...]
    git: bool = False
    """Whether the folder is a Git folder with Peers."""
    replaces: str = ""
    """A file that is replaced."""

    first: tuple[str, ...] = ()
    """A command that is run before."""

    @property
    def target(self) -> str:
        """The path that `-O` names, or nothing."""
        return self.args[self.args.index("-O") + 1] if "-O" in self.args else ""

    def prepare(self, folder: Path) -> None:
        """Write the files that exist before the command runs."""
        folder.mkdir(exist_ok=True)
        if self.git:
            (folder / "peers").mkdir()
            for name, lines in PEERS.items():
                (folder / "peers" / f"{name}.yaml").write_text(PEER.format(name, *lines, key(name)))
            listed = "".join(f"- peers/{name}.yaml\n" for name in PEERS)
            (folder / "kustomization.yaml").write_text(f"resources:\n{listed}")
        if self.replaces:
            (folder / self.replaces).write_text("the old file\n")
            (folder / self.replaces).chmod(0o600)


PEERS = {
    "ann": ('expires: "2020-01-01T00:00:00Z"', "10.5.0.5/32"),
    "bob": ("owner: Bob", "10.5.0.6/32"),
    "cid": ("disabled-allowed-ips: 10.5.0.7/32", ""),
}
"""Peers in a Git folder, each with an annotation and its addresses."""
GIVEN_KEYS = {NEW_KEY, *map(key, PEERS)}
PEER = """\
apiVersion: kilo.squat.ai/v1alpha1
kind: Peer
metadata:
  name: {}
  annotations:
    kgctl.kilo.squat.ai/{}
spec:
  allowedIPs: [{}]
  publicKey: {}
"""


def _git(words: str, *args: str) -> Row:
    return Row(words, (*SAVED, *words.split(), *args, "--git", "."), git=True)


def _file(words: str, *args: str, file: str, live: bool = False) -> Iterator[Row]:
    """Return a command that writes a new file, and the same if it replaces one."""
    line = (*(("--kubeconfig", "../config") if live else SAVED), *words.split(), *args, "-O", file)
    yield Row(words, line)
    yield Row(words, line if words == "graph" else (*line, "--force"), replaces=file)


SIDES = ("a=../cluster.json", "b=../other.json", "--git", "a=.", "--write", "a")
ROWS = (
    Row("keygen", ("keygen", "-O", "laptop")),
    Row("keygen", ("keygen", "-O", "laptop", "--force"), replaces="laptop.key"),
    *_file("showconf peer", "laptop", *CONF, file="laptop.conf"),
    *_file("showconf node", "berlin", file="berlin.conf"),
    Row("showconf peer", (*SAVED, "showconf", "peer", "--all", "-O", "confs")),
    Row("showconf peer", (*SAVED, "showconf", "peer", "laptop", "-o", "networkd", *CONF[2:], "-O", "net")),
    *_file("qr peer", "laptop", *CONF[2:], file="laptop.svg"),
    *_file("graph", file="mesh.txt"),
    *_file("dns export", file="hosts"),
    *_file("peering export", file="card.yaml"),
    *_file("gather", file="bundle.tar.gz", live=True),
    Row("init", ("init", "vpn")),
    _git("peer add", "new"),
    _git("peer add", "new", "-O", "new.conf"),
    _git("peer apply", "-f", "../fleet.csv", "-O", "confs"),
    _git("peer set", "ann", "--owner", "Bob"),
    _git("peer rotate", "ann", "--public-key", NEW_KEY),
    _git("peer rotate", "ann", "--yes", "-O", "ann.conf"),
    _git("peer disable", "ann"),
    _git("peer enable", "cid"),
    _git("peer expire"),
    _git("peer rm", "ann", "--yes"),
    Row("peering connect", ("peering", "connect", *SIDES), git=True),
    Row(
        "peering rm",
        ("peering", "rm", "a=../cluster.json", "--peering", "b", "--yes", "--git", "a=."),
        git=True,
        first=("peering", "connect", *SIDES),
    ),
)

WRITE_NO_FILE = (
    *("changes", "check", "completion", "connect", "diff peer", "disconnect", "events", "genkey", "genpsk"),
    *("get", "heal", "help", "info", "lint", "manifests", "options", "peer prune", "peering dns"),
    *("peering manifests", "peering mirror", "peering status", "peering verify", "pubkey", "reach", "simulate"),
    *("sync", "trace", "whois"),
)
