"""For each kind of finding that only files have, a file that has it and one that nearly has it."""

import dataclasses
import json

from kgctl_py.findings import Code
from kgctl_py.wireguard.key import REDACTED
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, Raw, key, node, peer


@dataclasses.dataclass(frozen=True)
class Manifests:
    """Peers in a file that is linted; `cut` is how many characters are missing at its end."""

    peers: tuple[Raw, ...]
    cut: int = 0

    def codes(self) -> set[str]:
        run = kgctl("lint", "-", "-o", "json", stdin=self.text().encode())
        return {one["code"] for one in json.loads(run.stdout)["findings"]}

    def text(self) -> str:
        """Return the file."""
        text = "\n---\n".join(map(json.dumps, self.peers))
        return text[: len(text) - self.cut]


@dataclasses.dataclass(frozen=True)
class Bundled:
    """A peer with this preshared key, of which the configuration is shown."""

    preshared_key: str

    def codes(self) -> set[str]:
        return {code for code in Code if f"{code} " in self._said()}

    def hint(self) -> str:
        """Return the hint that is printed."""
        return next(line for line in self._said().splitlines() if line.startswith("hint: ")).removeprefix("hint: ")

    def _said(self) -> str:
        cluster = Cluster([node("n")], [peer("p", presharedKey=self.preshared_key)])
        run = kgctl("--from-file", "-", "showconf", "peer", "p", stdin=cluster.as_list().encode())
        assert run.exit_code == 0
        return run.stderr


@dataclasses.dataclass(frozen=True)
class Case:
    """What has a finding, and what has not."""

    triggers: tuple[Manifests | Bundled, ...]
    near_misses: tuple[Manifests | Bundled, ...]


def _peers(*cidrs: str, name: str = "") -> Manifests:
    numbered = enumerate(cidrs)
    return Manifests(tuple(peer(name or f"p{n}", allowedIPs=[cidr], publicKey=key(cidr)) for n, cidr in numbered))


_TWO = ("10.5.0.1/32", "10.5.0.2/32")

CASES = {
    Code.FILE: Case((Manifests((peer("p"),), cut=1),), (Manifests((peer("p"),)),)),
    Code.FIELD: Case(
        (Manifests((peer("p", presharedkey="x"),)),), (Manifests((peer("p", presharedKey=key("x")),)),)
    ),
    Code.PEER_NAME: Case((_peers(*_TWO, name="p"),), (_peers(*_TWO),)),
    Code.PEER_WITHIN: Case(
        (_peers("10.5.0.1/32", "10.5.0.0/24"), _peers("10.5.0.0/24", "10.5.0.0/25")),
        (_peers("10.5.1.1/32", "10.5.0.0/24"), _peers("0.0.0.0/0", "10.5.0.0/25")),
    ),
    Code.REDACTED: Case((Bundled(str(REDACTED)),), (Bundled(key("psk")), Bundled("no key"))),
}
