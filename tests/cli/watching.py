"""kgctl in a process that watches an API server, whose answers a test gives."""

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tests.cli.kgctl import kgctl_program
from tests.in_memory import peer
from tests.kube.fake_server import FakeServer, kubeconfig
from tests.kube.watched import NODES, PEERS, WATCH_NODES, WATCH_PEERS, Feed, listed


class Watching:
    """A command that watches a server with nodes and a Peer, and the changes of both."""

    def __init__(self, folder: Path, *nodes: dict[str, Any]) -> None:
        self.nodes, self.peers = Feed(), Feed()
        self.server = FakeServer(
            {
                NODES: [listed(*nodes)],
                PEERS: [listed(peer("p"))],
                WATCH_NODES: [self.nodes.reply],
                WATCH_PEERS: [self.peers.reply],
            }
        )
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def run(self, *args: str) -> IO[str]:
        """Start the command, and return its stdout."""
        config = kubeconfig(self.folder / "config", self.server.url)
        command = kgctl_program("--kubeconfig", config, "--no-resolve", *args)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout
        return self.process.stdout

    def stop(self) -> tuple[int, str]:
        """End the command as Ctrl-C does, and return its exit code and its stderr."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        _, stderr = self.process.communicate(timeout=20)
        return self.process.returncode, stderr

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Serve during the block, and end the command after it."""
        with self.server:
            yield
            if self.process and self.process.poll() is None:
                self.stop()
