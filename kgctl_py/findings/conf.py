"""What would go wrong when a configuration is used as it is printed."""

from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.findings.finding import Code, Finding
from kgctl_py.mesh.address import host_cidr
from kgctl_py.mesh.claims import Holders


def loops(conf: wireguard.Conf) -> Iterator[Finding]:
    """Find allowed IPs that hold an endpoint of the same configuration: its packets would enter the tunnel.

    A /0 route is exempt: for that wg-quick(8) marks the tunnel's own packets.
    """
    routes = Holders()
    for peer in conf.peers:
        for cidr in peer.allowed_ips:
            if cidr.network.prefixlen:
                routes.add(cidr, f'{cidr} of "{peer.comment}"')
    for peer in conf.peers:
        ip = peer.endpoint and peer.endpoint.ip
        route = ip and routes.holder(host_cidr(ip))
        if route:
            yield Finding(
                code=Code.LOOP,
                object=f'"{peer.comment}"',
                message=f"its endpoint {peer.endpoint} lies in the allowed IP {route}: "
                "wg-quick would route the tunnel into itself",
                hint="-o wg-quick leaves such routes out",
            )
