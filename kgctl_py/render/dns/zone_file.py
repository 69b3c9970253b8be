"""A zone file (RFC 1035, section 5), which BIND, NSD, Knot, and CoreDNS read."""

from kgctl_py.mesh.dns_names import DnsNames

_TTL = 30
_SERIALS = 2**32


def zone_file(names: DnsNames, serial: int) -> str:
    """Return the records of the domain; `serial` must grow with each change."""
    timers = f"{serial % _SERIALS} 3600 600 86400 {_TTL}"
    lines = [
        f"$ORIGIN {names.domain}.",
        f"$TTL {_TTL}",
        f"@ IN SOA localhost. hostmaster {timers}",
        "@ IN NS localhost.",
    ]
    lines += (f"{one.name} IN {'AAAA' if one.ip.version == 6 else 'A'} {one.ip}" for one in names.names)  # noqa: PLR2004
    return "".join(f"{line}\n" for line in lines)
