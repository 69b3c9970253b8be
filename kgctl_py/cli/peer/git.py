"""`--git DIR`: the Peers that are changed are those of a folder kept in Git, not those of the cluster."""

import functools
import shlex
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli.options.peer_options import DryRun
from kgctl_py.cli.peer.delivery import DeliveryOptions, Print
from kgctl_py.cluster.git_folder import Folder
from kgctl_py.cluster.git_peers import FolderPeerStore, locked
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.lookup import existing_peer
from kgctl_py.mesh.model import Mesh, Peer
from kgctl_py.session import Session
from kgctl_py.terminal import terminal
from kgctl_py.value import replace
from kgctl_py.wireguard import Key

GitOption = Annotated[
    str | None,
    typer.Option("--git", metavar="DIR", help="Change its file in this folder, kept in Git, and not the cluster."),
]


def chosen(
    context: typer.Context, git: str | None, dry_run: DryRun | None = None, *, needs_nodes: bool = False
) -> Session:
    """Give the session whose Peers are to be changed: those of the cluster, or those of the folder `git`.

    For a configuration it `needs_nodes`; else a cluster that cannot be read is only a warning.
    """
    session: Session = context.obj
    if git is None:
        return session
    if dry_run is DryRun.SERVER:
        raise UsageError('"--dry-run server" asks the cluster, and --git leaves it alone', hint="--dry-run client")
    folder = Folder(git)
    context.with_resource(locked(folder.path))
    said = {name: getattr(session, name) for name in session.__struct_fields__}
    return _InGit(**said, folder=folder, needs_nodes=needs_nodes)


def delivery_for(git: str | None, out: DeliveryOptions, public_key: str | None) -> DeliveryOptions:
    """Give where the configuration goes: with --git nowhere, if it would lack its key and was not asked for.

    Raises UsageError for what --git cannot be together with; warns of a private key that Git would take.
    """
    if git is None:
        return out
    if out.printed is Print.YAML:
        raise UsageError('"--print yaml" writes no file, and --git does', hint="leave one of them out")
    if out.file and not _is_ignored(Path(out.file)):
        terminal.warn(
            f'"{out.file}" will hold a private key where Git takes it', "-O FILE elsewhere, or git rm --cached"
        )
    is_asked_for = out.file or out.print_ or public_key is None
    return out if is_asked_for else replace(out, print_=Print.NONE)


def tell_what_remains(git: str | None, preshared: Key | None) -> None:
    """Tell that the cluster knows nothing yet, and that the repository knows a preshared key."""
    if git is None:
        return
    if preshared:
        terminal.warn("the preshared key is no secret from those who read the repository")
    terminal.say(f"the cluster learns of it when the folder is applied: kubectl apply -k {shlex.quote(git)}")


class _InGit(Session, frozen=True, kw_only=True, dict=True):
    """A session in which the Peers of a folder stand before those of the cluster."""

    folder: Folder
    needs_nodes: bool

    def mesh(self) -> Mesh:
        """Read the cluster, and give each Peer that the folder has as it is there."""
        mesh = self._cluster or Mesh((), (), 0)
        peers = {peer.name: peer for peer in (*mesh.peers, *self._kept())}
        return replace(mesh, peers=tuple(peers[name] for name in sorted(peers)))

    def service_cidrs(self) -> tuple[IPInterface, ...]:
        """Give the Service CIDRs of the cluster, if it can be read."""
        return super().service_cidrs() if self._cluster else ()

    def peer_store(self, *, dry_run: bool = False) -> FolderPeerStore:  # noqa: ARG002 # only a cluster judges
        """Open the folder."""
        return FolderPeerStore(self.folder)

    def check_kept(self, *names: str) -> None:
        """Refuse names of which the folder has no peer, or has it in one file with others."""
        kept = Mesh((), self._kept(), 0)
        for name in names:
            existing_peer(kept, name, f'"{self.folder.path}"')
            self.peer_store().check_alone(name)

    def check_new_peer(self, mesh: Mesh, name: str) -> None:
        """Refuse a name that a peer of the folder, or of the cluster, has."""
        where, place = shlex.quote(str(self.folder.path)), self.folder.place(name)
        if any(peer.name == name for peer in self._kept()):
            hint = f"kgctl peer rotate {name} --git {where}, or kgctl peer rm {name} --git {where}"
            raise KgctlError(f"{self.peer_store().title(name)} exists", hint=hint)
        if any(peer.name == name for peer in mesh.peers):
            file = shlex.quote(str(place.path))
            hint = f"to keep it in Git: kgctl showconf peer {name} --as-peer -o yaml > {file}, and list that file"
            raise KgctlError(f'peer "{name}" exists in the cluster, and not in "{self.folder.path}"', hint=hint)
        if place.path.exists():
            raise KgctlError(f'"{place.path}" is there, and holds no peer "{name}"', hint="give it another name")

    def _kept(self) -> tuple[Peer, ...]:
        return tuple(one.peer for one in self.folder.all_peers())

    @functools.cached_property
    def _cluster(self) -> Mesh | None:
        try:
            return super().mesh()
        except KgctlError as error:
            if self.needs_nodes:
                raise
            terminal.warn(f"only the files are looked at, no cluster: {error.message}", error.hint)
            return None


def _is_ignored(file: Path) -> bool:
    """Tell whether Git would leave `file` alone: it ignores it, or there is no repository (gitcheckignore(1))."""
    try:
        command = ["git", "-C", str(file.parent), "check-ignore", "-q", "--", file.name]
        return subprocess.run(command, capture_output=True, check=False).returncode != 1  # noqa: S603 # no shell
    except OSError:
        return True
