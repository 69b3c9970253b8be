"""A command in a wg-quick(8) file that makes systemd-resolved send only some domains to a tunnel.

The resolvconf(8) of systemd-resolved, which wg-quick calls for `DNS`, sends all names to the tunnel. The command
runs after it and limits the domains. Without systemd-resolved, it does nothing.
"""

import re
from collections.abc import Iterable

from kgctl_py.wireguard.endpoint import is_dns_name, parse_ip

_COMMAND = (
    "if [ -d /run/systemd/resolve ]; then resolvectl dns %i {servers}; resolvectl domain %i {domains}; "
    "resolvectl default-route %i no; fi"
)
_PATTERN = re.compile(
    re.escape(_COMMAND.format(servers="SERVERS", domains="DOMAINS"))
    .replace("SERVERS", "[0-9a-f:. ]+")
    .replace("DOMAINS", "[-a-z0-9. ]+")
)


def split_dns_command(dns: Iterable[str]) -> str:
    """Return the command for the name servers and domains in `dns`, or an empty text unless it has both.

    A shell runs it as root, so nothing but an IP address or a DNS name becomes part of it.
    """
    words = tuple(dns)
    servers = [str(ip) for ip in map(parse_ip, words) if ip]
    domains = [word for word in words if parse_ip(word) is None and is_dns_name(word)]
    if not servers or not domains:
        return ""
    return _COMMAND.format(servers=" ".join(servers), domains=" ".join(domains))


def is_split_dns_command(command: str) -> bool:
    """Return whether `command` has the form of this command, which only repeats the field `DNS`."""
    return _PATTERN.fullmatch(command) is not None
