"""A NixOS module, and its keys in separate files, because every user of the machine can read a module."""

from collections.abc import Iterable, Iterator

from kgctl_py import wireguard
from kgctl_py.notice import Notice, note
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.config.tunnel import Tunnel, endpoint, networks, preshared_key

_FOLDER = "/etc/wireguard"


def nixos(tunnel: Tunnel) -> Rendered:
    """Return the module of a tunnel, and a file for each key."""
    preshared = _preshared_names(tunnel)
    keys = [] if tunnel.private_key_path else [(f"{tunnel.name}.key", tunnel.private_key)]
    keys += [(name, key) for key, name in preshared.items()]
    text = "".join(f"{line}\n" for line in _module(tunnel, preshared))
    module = ConfigFile(f"{tunnel.name}.nix", text, is_secret=False)
    files = (ConfigFile(name, f"{key}\n") for name, key in keys)
    return Rendered((module, *files), (_use(tunnel, module.name, [name for name, _ in keys]),))


def _preshared_names(tunnel: Tunnel) -> dict[str, str]:
    """Return the file of each preshared key; usually, all peers have the same one."""
    keys = dict.fromkeys(preshared_key(peer) for peer in tunnel.peers if peer.preshared_key)
    return {key: f"{tunnel.name}{f'-{number}' if number > 1 else ''}.psk" for number, key in enumerate(keys, 1)}


def _module(tunnel: Tunnel, preshared: dict[str, str]) -> Iterator[str]:
    yield f"# {tunnel.heading}"
    yield "{"
    yield f"  networking.wg-quick.interfaces.{_text(tunnel.name)} = {{"
    yield from (f"    {line}" for line in _interface(tunnel))
    yield "    peers = ["
    for peer in tunnel.peers:
        yield f"      {{ # {tunnel.comment(peer)}"
        yield from (f"        {line}" for line in _peer(peer, preshared))
        yield "      }"
    yield "    ];"
    yield "  };"
    yield "}"


def _interface(tunnel: Tunnel) -> Iterator[str]:
    interface = tunnel.interface
    yield "autostart = false;"
    yield f"address = {_list(map(str, interface.addresses))};"
    yield f"privateKeyFile = {_text(tunnel.private_key_path or f'{_FOLDER}/{tunnel.name}.key')};"
    if interface.listen_port:
        yield f"listenPort = {interface.listen_port};"
    if interface.dns:
        yield f"dns = {_list(interface.dns)};"
    if interface.mtu:
        yield f"mtu = {interface.mtu};"
    if interface.table:
        yield f"table = {_text(interface.table)};"


def _peer(peer: wireguard.Peer, preshared: dict[str, str]) -> Iterator[str]:
    yield f"publicKey = {_text(str(peer.public_key))};"
    if peer.preshared_key:
        yield f"presharedKeyFile = {_text(f'{_FOLDER}/{preshared[preshared_key(peer)]}')};"
    yield f"allowedIPs = {_list(networks(peer))};"
    if peer.endpoint:
        yield f"endpoint = {_text(endpoint(peer))};"
    if peer.persistent_keepalive:
        yield f"persistentKeepalive = {peer.persistent_keepalive};"


def _list(words: Iterable[str]) -> str:
    return f"[ {''.join(f'{_text(word)} ' for word in words)}]"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    return f'"{escaped}"'


def _use(tunnel: Tunnel, module: str, keys: list[str]) -> Notice:
    files = " ".join(map(tunnel.path_in_folder, keys))
    install = f"sudo install -D -m 600 -t {_FOLDER} {files}; " if keys else ""
    if tunnel.of_several:  # not every peer has a preshared key
        install = f"copy the .key and .psk files in {tunnel.path_in_folder('')} to {_FOLDER} with mode 600; "
    return note(
        f"note: to use the configuration: {install}add {tunnel.path_in_folder(module)} to the imports of "
        f"configuration.nix; run: sudo nixos-rebuild switch && sudo systemctl start wg-quick-{tunnel.name}"
    )
