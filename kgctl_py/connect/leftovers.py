"""What a run of connect has left on this host, if it was killed or told not to clean up."""

from kgctl_py.connect.tunnel import check_interface_free, remove_marked_interface
from kgctl_py.net.dns import unset_dns_if_any
from kgctl_py.net.lock import interface_lock


def remove_left_interface(interface: str) -> str | None:
    """Remove the interface and its name servers, and return its peer; None when there is no such interface.

    Raise KgctlError when a run of connect has it now, or when somebody else has created it.
    """
    with interface_lock(interface):
        check_interface_free(interface)
        unset_dns_if_any(interface)
        return remove_marked_interface(interface)
