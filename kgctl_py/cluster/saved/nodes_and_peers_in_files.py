"""The Node or the Peer in an object of a file, or why kgctl skips it, for example because SOPS encrypted it."""

from shlex import quote
from typing import Any

from kgctl_py import names
from kgctl_py.cluster.saved.read_objects import SAVE_COMMAND
from kgctl_py.errors import KgctlError
from kgctl_py.foreign_files import ENCRYPTED_VALUE
from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube.objects.raw_object import RawObject
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.notice import Notice, warning


def node_in(held: RawObject) -> resources.Node:
    """Return the Node in an object; raise KgctlError with a hint if a field is malformed, as in a cut-off file."""
    try:
        return held.convert(resources.Node)
    except KgctlError as error:
        raise KgctlError(error.message, hint=f"to save the cluster again: {SAVE_COMMAND}") from None


def is_peer(held: RawObject) -> bool:
    """Return whether an object is a Peer of Kilo, of any version."""
    return held.kind == names.PEER_KIND and (held.api_version or "").startswith(f"{names.GROUP}/")


def unread(held: RawObject) -> Notice | None:
    """Return a notice about an object whose kind SOPS has encrypted, which can be a Peer."""
    if not (held.is_sealed and held.kind.startswith(ENCRYPTED_VALUE)):
        return None
    text = f'"{held.source}": kgctl skips an object, because SOPS has encrypted its kind'
    return warning(text, _decrypt(held.source))


def peer_in(held: RawObject) -> Peer | Notice:
    """Return the Peer in an object, with faults for what cannot be read, or why it is skipped."""
    if held.is_sealed and (notice := _encrypted(held.to_dict(), held.source)):
        return notice
    try:
        peer = translate_peer(held.convert(resources.Peer))
    except KgctlError:
        from kgctl_py.kilo.peers import read_peer

        peer = read_peer(held.to_dict())
    if peer.faults or peer.ignored_values:
        from kgctl_py.kilo.unknown_content import placeholders, unjudged

        peer = unjudged(peer, found) if (found := placeholders(held.to_dict())) else peer
    if peer.name:
        return peer
    why = f'"{held.source}": ignoring a Peer without metadata.name'
    return warning(why, f"to check the file: kgctl lint {quote(held.source)}")


def unknown_values(peer: Peer, held: RawObject) -> tuple[Notice, ...]:
    """Return a notice about a Peer with placeholders, which another program replaces."""
    if not peer.faults:
        return ()
    from kgctl_py.kilo.unknown_content import explain, placeholders

    found = placeholders(held.to_dict())
    return (warning(f'"{held.source}": {explain(peer.name, found)}'),) if found else ()


def _encrypted(whole: dict[str, Any], source: str) -> Notice | None:
    """Return why an encrypted Peer is skipped; one with only an encrypted preshared key is not."""
    from kgctl_py.kilo.unknown_content import encrypted_fields

    unknown = [field for field in encrypted_fields(whole) if field != "spec.presharedKey"]
    if not unknown:
        return None
    text = f'"{source}": kgctl skips a Peer, because SOPS has encrypted its {", ".join(unknown)}'
    return warning(text, _decrypt(source))


def _decrypt(source: str) -> str:
    return f"to include it: sops decrypt {quote(source)} | kgctl --from-file - COMMAND"
