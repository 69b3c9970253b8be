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

    Updates the peers, the MTU, and the routes, and adds missing addresses. Sessions with unchanged peers continue.
    Does not change the private key, the listen port, or the firewall mark, and does not add a default route. If
    the configuration has Table = off or a number, does not change the routes. Needs Linux and root.

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
    counts = (
        (len(difference.added), "peer", "peers", "added"),
        (len(difference.changed), "peer", "peers", "changed"),
        (len(difference.removed), "peer", "peers", "removed"),
        (len(synced.addresses), "address", "addresses", "added"),
        (len(synced.added), "route", "routes", "added"),
        (len(synced.removed), "route", "routes", "removed"),
    )
    words = [f"{count} {one if count == 1 else several} {verb}" for count, one, several, verb in counts if count]
    if synced.mtu is not None:
        words.append(f"MTU set to {synced.mtu}")
    return f"synced: {', '.join(words)}" if words else "is up to date"
