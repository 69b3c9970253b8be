"""Server blocks for the Corefile of CoreDNS."""

from collections.abc import Iterable

from kgctl_py.mesh.dns_names import DnsNames

_TTL = 30


def server_block(zone: str, lines: Iterable[str]) -> str:
    """Return the server block of a zone; it logs errors, and caches responses for 30 seconds."""
    body = "".join(f"    {line}\n" for line in ("errors", f"cache {_TTL}", *lines))
    return f"{zone}:53 {{\n{body}}}\n"


def corefile(names: DnsNames) -> str:
    """Return a server block that has the names and addresses."""
    entries = (f"    {one.ip} {one.name}.{names.domain}" for one in names.names)
    return server_block(names.domain, ("hosts {", *entries, f"    ttl {_TTL}", "}"))
