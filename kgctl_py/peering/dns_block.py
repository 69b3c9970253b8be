"""The CoreDNS configuration with which one cluster resolves names of another one."""

from kgctl_py.render.dns.corefile import server_block
from kgctl_py.value import Value


class DnsBlock(Value, frozen=True, kw_only=True):
    """The forwarding of names in `zone` to names in `domain` of the other cluster, whose DNS has `servers`."""

    zone: str
    domain: str
    servers: tuple[str, ...]

    def text(self) -> str:
        """Return the server block of a Corefile."""
        rewrite = f"rewrite stop name suffix .{self.zone}. .{self.domain}. answer auto"
        return server_block(self.zone, (rewrite, f"forward . {' '.join(self.servers)}"))
