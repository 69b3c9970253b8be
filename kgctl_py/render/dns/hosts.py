"""A hosts file (hosts(5)), which dnsmasq and most systems read."""

from kgctl_py.mesh.dns_names import DnsNames


def hosts(names: DnsNames) -> str:
    """Return a line for each address; names without the domain could hide those of other machines."""
    return "".join(f"{one.ip}\t{one.name}.{names.domain}\n" for one in names.names)
