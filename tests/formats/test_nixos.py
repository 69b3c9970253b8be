"""`-o nixos`, read back by Nix."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from kgctl_py.render.config.nixos import _text, nixos
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.value import replace
from tests.formats.tunnels import (
    Read,
    ReadPeer,
    expected,
    in_order,
    many,
    masked,
    some_tunnel,
    tunnels,
    without_comments,
)
from tests.strategies import hostile


def evaluated(folder: Path, expression: str) -> Any:
    """Return what Nix makes of an expression, in a store of its own."""
    done = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", "-"],
        input=expression.encode(),
        capture_output=True,
        check=False,
        env=os.environ | {"HOME": str(folder), "NIX_REMOTE": f"local?root={folder}"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def module(tunnel: Tunnel) -> str:
    return str(nixos(tunnel).files[0].content)


def read(tunnel: Tunnel, evaluated: Any) -> Read:
    files = {file.name: str(file.content) for file in nixos(tunnel).files}
    interfaces = evaluated["networking"]["wg-quick"]["interfaces"]
    (name,) = interfaces
    interface = interfaces[name]
    assert (interface.get("table") or "") == tunnel.interface.table
    assert interface["autostart"] is False

    def key(path: str | None) -> str:
        return files[Path(path).name].strip() if path else ""

    dns = interface.get("dns", [])
    return Read(
        name=name,
        private_key=key(interface["privateKeyFile"]),
        addresses=in_order(interface["address"]),
        name_servers=in_order(word for word in dns if word[0].isdigit() or ":" in word),
        domains=tuple(word for word in dns if not (word[0].isdigit() or ":" in word)),
        mtu=interface.get("mtu"),
        listen_port=interface.get("listenPort"),
        peers=tuple(
            sorted(
                (
                    ReadPeer(
                        public_key=peer["publicKey"],
                        preshared_key=key(peer.get("presharedKeyFile")),
                        endpoint=peer.get("endpoint", ""),
                        keepalive=peer.get("persistentKeepalive", 0),
                        allowed_ips=masked(peer["allowedIPs"]),
                        comment="",
                    )
                    for peer in interface["peers"]
                ),
                key=lambda peer: peer.public_key,
            )
        ),
    )


def test_nix_reads_back_the_configuration(tmp_path: Path) -> None:
    drawn = many(tunnels())
    found = evaluated(tmp_path, "[\n" + "\n".join(map(module, drawn)) + "]")
    for tunnel, one in zip(drawn, found, strict=True):
        assert read(tunnel, one) == without_comments(expected(tunnel))


def test_no_text_ends_a_string_of_nix(tmp_path: Path) -> None:
    texts = [
        text.replace("\0", "").replace("\r", "") for text in (*many(hostile), "${x}", "$${x}", "\\${x}", '\\"')
    ]
    assert evaluated(tmp_path, f"[ {' '.join(map(_text, texts))} ]") == texts


def test_no_secret_is_in_the_module_which_every_user_can_read() -> None:
    tunnel = some_tunnel()
    module, *keys = nixos(tunnel).files
    assert (module.is_secret, [file.is_secret for file in keys]) == (False, [True])
    assert tunnel.private_key not in str(module.content)


def test_a_key_that_is_on_the_host_is_only_named() -> None:
    (module,) = nixos(replace(some_tunnel(), private_key_path="/run/keys/kilo")).files
    assert 'privateKeyFile = "/run/keys/kilo";' in str(module.content)
