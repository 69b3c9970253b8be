"""`kgctl sync`: apply a configuration to an interface without bringing it down."""

from typing import Annotated

import typer

from kgctl_py.cli.options.connect_options import check_interface_name
from kgctl_py.cli.terminal import terminal
from kgctl_py.config.read_configuration import read_configuration
from kgctl_py.config.sync_interface import Synced, sync_interface
from kgctl_py.net import permission
from kgctl_py.net.lock import interface_lock
from kgctl_py.notice import warning


def sync(
    interface: Annotated[str, typer.Argument(metavar="INTERFACE", help="Name of the interface")],
    conf: Annotated[
        str,
        typer.Option(
            metavar="FILE|-", help="File with the configuration of the interface, or - for stdin (required)"
        ),
    ],
) -> None:
    """Apply a configuration to a running WireGuard interface.

    Updates the peers as wg syncconf does, adds missing addresses, and adds and removes routes unless the
    configuration has Table. Does not change the private key, the listen port, or the firewall mark. Changes only
    what differs, so that sessions continue. Needs Linux and root.

    Examples:
      sudo kgctl sync wg0 --conf /etc/wireguard/wg0.conf
    """
    check_interface_name(interface, "")
    permission.check(f"run wg syncconf {interface} FILE, and then set the routes")
    with interface_lock(interface):
        synced = sync_interface(interface, read_configuration(conf).conf)
    terminal.tell(
        tuple(
            warning(f"the route to {cidr} is not added: another interface already has one")
            for cidr in synced.reconciled.taken
        )
    )
    if synced.reconciled.without_ipv6:
        text = "IPv6 is disabled on this machine: the interface has no IPv6 addresses or routes"
        terminal.tell((warning(text),))
    terminal.say(f'interface "{interface}" {_words(synced)}')


def _words(synced: Synced) -> str:
    difference = synced.difference
    counts = {
        "added": (len(difference.added), len(synced.added)),
        "changed": (len(difference.changed), 0),
        "removed": (len(difference.removed), len(synced.removed)),
    }
    words = [
        f"{_count(count, noun)} {verb}"
        for verb, both in counts.items()
        for count, noun in zip(both, ("peer", "route"), strict=True)
        if count
    ]
    return f"synced: {', '.join(words)}" if words else "is up to date"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
