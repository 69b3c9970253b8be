"""`kgctl peer` on the API server of the tests, and what stands there afterwards."""

import dataclasses
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from typer.testing import Result

from kgctl_py import names
from kgctl_py.cli.invocation import Opener
from kgctl_py.kilo import resources
from kgctl_py.wireguard import Key, keygen
from tests.api.server import ADMIN, ApiServerProcess
from tests.cli.kgctl import kgctl, kgctl_program

Manifest = dict[str, Any]

HERE = ["laptop", "phone"]
NOTES = ("kgctl: note: ",)
"""What is said besides: before Kubernetes 1.33 the Service CIDR of a bare API server can only be guessed."""


@dataclasses.dataclass(frozen=True)
class Peers:
    """The Peers of an API server, and kgctl run on them."""

    server: ApiServerProcess

    def run(self, *args: str, user: str = ADMIN, stdin: bytes = b"", opener: Opener | None = None) -> Result:
        """Run `kgctl peer …` in this process."""
        return kgctl(*self.options(user), "peer", *args, stdin=stdin, opener=opener)

    def program(self, *args: str) -> list[str]:
        """Return the command that runs `kgctl peer …` in a process of its own."""
        return kgctl_program(*self.options(), "peer", *args)

    def options(self, user: str = ADMIN) -> tuple[str, ...]:
        """Return the options with which kgctl finds the server."""
        return "--kubeconfig", str(self.server.kubeconfig(user)), "--no-resolve"

    def on_this_server(self, hint: str) -> str:
        """Return a hint with the option by which its commands act on this server."""
        return hint.replace("kgctl peer", f"kgctl --kubeconfig {self.server.kubeconfig()} peer")

    def names(self) -> list[str]:
        """Return the name of each Peer."""
        return [peer["metadata"]["name"] for peer in self.server.request("GET", resources.PEERS_PATH)["items"]]

    def get(self, name: str) -> Manifest:
        """Return a Peer as it is kept."""
        return self.server.request("GET", f"{resources.PEERS_PATH}/{name}")

    def spec(self, name: str) -> Manifest:
        """Return the spec of a Peer."""
        spec: Manifest = self.get(name)["spec"]
        return spec

    def create(self, name: str, address: str, *, metadata: Manifest | None = None, **spec: Any) -> Manifest:
        """Create a Peer as somebody else would, and give it as it is kept."""
        spec = {"allowedIPs": [f"{address}/32"], "publicKey": str(keygen.generate_preshared_key()), **spec}
        resource = {"apiVersion": names.API_VERSION, "kind": names.PEER_KIND, "spec": spec}
        return self.server.create(
            resources.PEERS_PATH, {**resource, "metadata": {"name": name, **(metadata or {})}}
        )

    def has(self, name: str) -> bool:
        """Return whether there is such a Peer."""
        try:
            self.get(name)
        except urllib.error.HTTPError:
            return False
        return True


def value(conf: str, name: str) -> str:
    """Return the value of the first line `name = …` of a configuration, which a QR code has without spaces."""
    fields = (line.partition("=") for line in conf.splitlines())
    return next(text.strip() for field, _, text in fields if field.strip() == name)


def public_key(conf: str) -> str:
    """Return the public key that belongs to the private key of a configuration."""
    return str(keygen.public_key(Key.parse(value(conf, "PrivateKey"))))


def refused(result: Result, code: int = 1) -> str:
    """Return the words of a refusal: nothing on stdout, one line and perhaps a hint on stderr."""
    assert (result.exit_code, result.stdout) == (code, ""), result.stderr
    beside = ("hint: ",) if code == 2 else ("hint: ", *NOTES)
    lines = [line for line in result.stderr.splitlines() if not line.startswith(beside)]
    assert len(lines) == 1, result.stderr
    return result.stderr


def said(result: Result) -> list[str]:
    """Return what was said of a command that did what it should, without the notes."""
    assert result.exit_code == 0, result.stderr
    return [line for line in result.stderr.splitlines() if not line.startswith(("hint: add --services", *NOTES))]


def files_in(folder: Path) -> list[str]:
    """Return the names of what is in a folder."""
    return sorted(file.name for file in folder.iterdir())


def raiser(error: BaseException) -> Callable[..., NoReturn]:
    def raise_it(*_: object, **__: object) -> NoReturn:
        raise error

    return raise_it
