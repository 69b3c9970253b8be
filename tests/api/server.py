"""A real kube-apiserver with its etcd, on the loopback."""

import base64
import contextlib
import json
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives import serialization

from kgctl_py.kilo import resources
from tests.api import binaries, crd
from tests.api.admin_requests import Requests
from tests.api.certificates import Authority, Signed, context_that_trusts, private_pem, signing_key
from tests.slowness import SLOWNESS

PATIENCE = 120 * SLOWNESS
ADMIN = "admin"
_CACHED = "?resourceVersion=0"
SERVICES = "10.96.0.0/12"

SignIn = Literal["certificate", "token", "token file", "exec"]
Manifest = dict[str, Any]


@contextlib.contextmanager
def running(
    folder: Path, *, users: tuple[str, ...] = (), services: str = SERVICES
) -> Iterator["ApiServerProcess"]:
    """Start an API server that knows Peers, and stop it in the end."""
    server = ApiServerProcess(folder, users=users, services=services)
    try:
        server.start()
        server.install_crd()
        yield server
    finally:
        server.stop()


class ApiServerProcess:
    """A kube-apiserver that keeps its files, its port and its objects over `stop` and another `start`.

    Every name in `users` may sign in; the user "admin" may do everything, the others what RBAC gives them.
    """

    def __init__(self, folder: Path, *, users: tuple[str, ...] = (), services: str = SERVICES) -> None:
        self._folder = folder
        self._services = services
        self._binaries = binaries.folder()
        self._tokens = {user: f"token-of-{user}" for user in (ADMIN, *users)}
        self._authority = Authority()
        self._admin = self._authority.client(ADMIN, "system:masters")
        self._port, self._etcd_port, self._etcd_peer_port = _free_port(), _free_port(), _free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.ca = folder / "ca.crt"
        self.url = f"https://127.0.0.1:{self._port}"
        self._write_files()
        self._requests = Requests(self._port, self._tokens[ADMIN], context_that_trusts(self.ca), PATIENCE)

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped since."""
        return bool(self._processes)

    def start(self) -> None:
        """Start both programs and wait until the server is ready."""
        etcd, peers = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{self._etcd_peer_port}"
        self._spawn(
            "etcd",
            f"--data-dir={self._folder / 'etcd'}",
            f"--listen-client-urls={etcd}",
            f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
        )
        self._spawn(
            "kube-apiserver",
            f"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self._port}",
            f"--tls-cert-file={self._folder / 'server.crt'}",
            f"--tls-private-key-file={self._folder / 'server.key'}",
            f"--client-ca-file={self.ca}",
            f"--token-auth-file={self._folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self._folder / 'sa.pub'}",
            f"--service-account-signing-key-file={self._folder / 'sa.key'}",
            f"--service-cluster-ip-range={self._services}",
            "--disable-admission-plugins=ServiceAccount",
            "--allow-privileged=true",
        )
        self._wait(lambda: self.serves("/readyz"), "the API server to be ready")

    def stop(self) -> None:
        """Stop both programs at once."""
        self._requests.close()
        while self._processes:
            process = self._processes.pop()
            process.kill()
            process.wait()

    def signal(self, number: int) -> None:
        """Send a signal to the kube-apiserver."""
        self._processes[-1].send_signal(number)

    def install_crd(self) -> None:
        """Create the CRD of Peers and wait until Peers are served."""
        self.create(crd.CRDS, crd.PEER_CRD)
        self.wait_for_peers()

    def wait_for_peers(self, *, served: bool = True) -> None:
        """Wait until Peers are served, or no more."""
        self._wait(lambda: self.serves(resources.PEERS_PATH) == served, "the CRD to take effect")

    def create(self, path: str, manifest: Manifest) -> Manifest:
        """POST `manifest` to `path` as the admin, and give what the server made of it."""
        return self.request("POST", path, manifest)

    def request(self, method: str, path: str, manifest: Manifest | None = None) -> Manifest:
        """Send a request as the admin, PATCH to be merged; raise urllib.error.HTTPError when it says no.

        After a change of a Node, the cache has it, too, from which kgctl reads.
        """
        answer = self._request(method, path, manifest)
        if method != "GET" and path.startswith(resources.NODES_PATH) and "dryRun" not in path:
            self._wait(lambda: self._is_cached(method, answer), "the cache to have a changed Node")
        return answer

    def _is_cached(self, method: str, answer: Manifest) -> bool:
        """Return whether the cache has a Node as it was answered, or after a DELETE all that are left."""
        if method == "DELETE":
            lists = (self._request("GET", f"{resources.NODES_PATH}{query}")["items"] for query in ("", _CACHED))
            now, cached = ({_version(node) for node in nodes} for nodes in lists)
            return now == cached
        try:
            node = self._request("GET", f"{resources.NODES_PATH}/{answer['metadata']['name']}{_CACHED}")
        except urllib.error.HTTPError:
            return False
        return int(_version(node)[1]) >= int(_version(answer)[1])

    def _request(self, method: str, path: str, manifest: Manifest | None = None) -> Manifest:
        body = self._requests.send(method, path, manifest)
        answer: Manifest = json.loads(body or b"{}") if path != "/readyz" else {}
        return answer

    def serves(self, path: str) -> bool:
        """Return whether `path` can be read."""
        try:
            self.request("GET", path)
        except OSError:  # of which urllib.error.HTTPError is one
            return False
        return True

    def allow(self, user: str, *rules: Manifest) -> None:
        """Give `user` a ClusterRole with `rules`."""
        rbac = "/apis/rbac.authorization.k8s.io/v1"
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user}
        subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
        metadata = {"name": user}
        self.request("PUT", f"{rbac}/clusterroles/{user}", {"metadata": metadata, "rules": rules})
        binding = {"metadata": metadata, "roleRef": role, "subjects": [subject]}
        self.request("PUT", f"{rbac}/clusterrolebindings/{user}", binding)

    def token(self, user: str) -> str:
        """Return the token with which `user` signs in."""
        return self._tokens[user]

    def kubeconfig(self, user: str = ADMIN, sign_in: SignIn = "token") -> Path:
        """Write a kubeconfig with which `user` signs in, and give its path; only the admin has a certificate."""
        file = self._folder / f"{user}-{sign_in.replace(' ', '-')}.kubeconfig"
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "tests", "cluster": {"server": self.url, "certificate-authority": "ca.crt"}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": user}}],
            "users": [{"name": user, "user": self._credentials(user, sign_in)}],
            "current-context": "tests",
        }
        whole = file.with_suffix(f".{threading.get_ident()}")
        whole.write_text(json.dumps(content))
        whole.replace(file)  # somebody may be reading it
        return file

    def unreachable_kubeconfig(self) -> Path:
        """Write the admin's kubeconfig, but for a port at which no server listens, and give its path."""
        file = self._folder / "unreachable.kubeconfig"
        text = self.kubeconfig().read_text()
        file.write_text(text.replace(self.url, f"https://127.0.0.1:{_free_port()}"))
        return file

    def _credentials(self, user: str, sign_in: SignIn) -> Manifest:
        token = self._tokens[user]
        if sign_in == "certificate":
            certificate, key = self._admin.certificate, self._admin.key
            return {
                "client-certificate-data": base64.b64encode(certificate).decode(),
                "client-key-data": base64.b64encode(key).decode(),
            }
        if sign_in == "token file":
            (self._folder / f"{user}.token").write_text(f"{token}\n")
            return {"tokenFile": f"{user}.token"}
        if sign_in == "exec":
            version = "client.authentication.k8s.io/v1"
            answer = {"apiVersion": version, "kind": "ExecCredential", "status": {"token": token}}
            args = ["-c", f"print({json.dumps(answer)!r})"]
            return {
                "exec": {
                    "apiVersion": version,
                    "command": sys.executable,
                    "args": args,
                    "interactiveMode": "IfAvailable",
                }
            }
        return {"token": token}

    def _write_files(self) -> None:
        service_account = signing_key()
        public = service_account.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        server: Signed = self._authority.server("localhost", "127.0.0.1")
        rows = (
            f'{token},{user},{user},"{"system:masters" if user == ADMIN else "tests"}"\n'
            for user, token in self._tokens.items()
        )
        files = {
            "ca.crt": self._authority.certificate,
            "server.crt": server.certificate,
            "server.key": server.key,
            "sa.pub": public,
            "sa.key": private_pem(service_account),
            "tokens.csv": "".join(rows).encode(),
        }
        for name, content in files.items():
            (self._folder / name).write_bytes(content)

    def _spawn(self, name: str, *options: str) -> None:
        dies_with_us = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with (self._folder / f"{name}.log").open("ab") as log:
            command = [*dies_with_us, str(self._binaries / name), *options]
            self._processes.append(
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder)
            )

    def _wait(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            ended = [process for process in self._processes if process.poll() is not None]
            if ended or time.monotonic() > end:
                log = (self._folder / "kube-apiserver.log").read_text(errors="replace")
                self.stop()
                raise RuntimeError(f"waited in vain for {what}:\n{log[-3000:]}")
            time.sleep(0.1)


def _version(node: Manifest) -> tuple[str, str]:
    metadata = node["metadata"]
    return metadata["name"], metadata["resourceVersion"]


def _free_port() -> int:
    """Return a port that nobody has, outside those that the system gives to clients."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
