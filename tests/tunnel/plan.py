"""The addresses of everything in the cluster of the lab, once in IPv4 and once in IPv6."""

import dataclasses

INTERFACE = "kilo0"
PORT = 51820
KEEPALIVE = 1
DOMAIN = "cluster.local"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A numbering; `{}` stands for the number of a host, or of a location for `kilo`."""

    internet: str
    lan: dict[str, str]
    lan_bits: int
    bits: int
    pod_cidr: str
    pod: str
    kilo: str
    peer: str
    peers: str
    services: str
    dns: str
    web: str
    site: str

    def endpoint(self, ip: str) -> str:
        """Return the WireGuard endpoint at `ip`."""
        return f"[{ip}]:{PORT}" if ":" in ip else f"{ip}:{PORT}"

    def host(self, ip: str) -> str:
        """Return `ip` as a CIDR of one host."""
        return f"{ip}/{self.bits}"


V4 = Plan(
    internet="203.0.113.{}",
    lan={"a": "10.1.0.{}", "b": "10.2.0.{}"},
    lan_bits=24,
    bits=32,
    pod_cidr="10.42.{}.0/24",
    pod="10.42.{}.2",
    kilo="10.4.0.{}/16",
    peer="10.5.0.{}",
    peers="10.5.0.0/16",
    services="10.96.0.0/12",
    dns="10.96.0.10",
    web="10.96.0.80",
    site="198.51.100.80",
)
V6 = Plan(
    internet="2001:db8::{}",
    lan={"a": "fd00:1::{}", "b": "fd00:2::{}"},
    lan_bits=64,
    bits=128,
    pod_cidr="fd00:42:{}::/64",
    pod="fd00:42:{}::2",
    kilo="fd00:4::{}/64",
    peer="fd00:5::{}",
    peers="fd00:5::/64",
    services="fd00:96::/112",
    dns="fd00:96::10",
    web="fd00:96::80",
    site="2001:db8:1::80",
)
