"""Remove the interface and the Peer that an interrupted run of connect left on this machine."""

from kgctl_py.connect.interface.marked_interface import check_interface_free, remove_marked_interface
from kgctl_py.net.lock import interface_lock
from kgctl_py.net.set_name_servers import unset_dns_if_any


def remove_left_interface(interface: str) -> str | None:
    """Remove the interface and its name servers, and return its peer; None without such an interface.

    Raise KgctlError if a running connect uses it, or if another program created it.
    """
    with interface_lock(interface):
        check_interface_free(interface)
        unset_dns_if_any(interface)
        return remove_marked_interface(interface)
