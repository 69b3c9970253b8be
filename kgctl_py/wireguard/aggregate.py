"""Join allowed IPs to fewer networks with exactly the same addresses for each peer."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set

from kgctl_py.value import replace
from kgctl_py.wireguard.cidr import BITS, IPInterface
from kgctl_py.wireguard.conf import Conf

_LONGEST = max(BITS.values())


def aggregated(conf: Conf) -> Conf:
    """Return `conf` with the fewest allowed IPs that give each peer the same addresses.

    Networks are not joined to a /0, which wg-quick(8) handles in a special way, or if another peer has a network
    between the two.
    """
    owners: defaultdict[IPInterface, set[int]] = defaultdict(set)
    for index, peer in enumerate(conf.peers):
        for cidr in peer.allowed_ips:
            owners[cidr.masked()].add(index)
    peers = (
        replace(peer, allowed_ips=collapsed(peer.allowed_ips, _others(owners, index)))
        for index, peer in enumerate(conf.peers)
    )
    return replace(conf, peers=tuple(peers))


def collapsed(
    cidrs: Iterable[IPInterface], is_of_another: Callable[[IPInterface], bool] = lambda _: False
) -> tuple[IPInterface, ...]:
    """Return the fewest networks with the addresses of `cidrs`, each at the position of its first part.

    Two networks are not joined if a network between them `is_of_another` peer, which would lose its route.
    """
    cidrs = tuple(cidrs)
    networks = _joined({cidr.masked() for cidr in cidrs}, is_of_another)
    return tuple(dict.fromkeys(_covering(cidr, networks) for cidr in cidrs))


def expanded(cidrs: Iterable[IPInterface], parts: Iterable[IPInterface]) -> tuple[IPInterface, ...]:
    """Return `cidrs` with each network that consists of several `parts` replaced by these parts."""
    parts = dict.fromkeys(part.masked() for part in parts)

    def within(cidr: IPInterface) -> tuple[IPInterface, ...]:
        if cidr.masked() in parts:
            return (cidr,)
        inside = tuple(part for part in parts if _contains(cidr, part))
        return inside if collapsed(inside) == (cidr.masked(),) else (cidr,)

    return tuple(dict.fromkeys(part for cidr in cidrs for part in within(cidr)))


def _others(owners: Mapping[IPInterface, Set[int]], index: int) -> Callable[[IPInterface], bool]:
    return lambda cidr: not owners.get(cidr, frozenset()) <= {index}


def _joined(networks: Set[IPInterface], is_of_another: Callable[[IPInterface], bool]) -> Set[IPInterface]:
    """Join networks from the longest prefix to the shortest, so that joined networks are joined again."""
    by_length: defaultdict[int, set[IPInterface]] = defaultdict(set)
    for network in networks:
        by_length[network.prefixlen].add(network)
    for length in range(_LONGEST, 0, -1):
        for network in sorted(by_length[length]):
            if network not in by_length[length]:
                continue
            if _is_needless(network, by_length, is_of_another):
                by_length[length].remove(network)
                continue
            sibling, parent = _sibling(network), _parent(network, length - 1)
            apart = any(map(is_of_another, (network, sibling, parent)))
            if length > 1 and sibling in by_length[length] and not apart:
                by_length[length] -= {network, sibling}
                by_length[length - 1].add(parent)
    return {network for several in by_length.values() for network in several}


def _is_needless(
    network: IPInterface, by_length: Mapping[int, Set[IPInterface]], is_of_another: Callable[[IPInterface], bool]
) -> bool:
    """Return whether a wider network of the same peer already contains this one."""
    if is_of_another(network):
        return False
    for length in range(network.prefixlen - 1, 0, -1):
        wider = _parent(network, length)
        if is_of_another(wider):
            return False
        if wider in by_length.get(length, ()):
            return True
    return False


def _covering(cidr: IPInterface, networks: Set[IPInterface]) -> IPInterface:
    if cidr.masked() in networks:
        return cidr
    wider = (_parent(cidr, length) for length in range(cidr.prefixlen - 1, -1, -1))
    return next(network for network in wider if network in networks)


def _parent(cidr: IPInterface, length: int) -> IPInterface:
    return cidr._replace(prefixlen=length).masked()


def _sibling(network: IPInterface) -> IPInterface:
    return network._replace(number=network.number ^ 1 << (BITS[network.version] - network.prefixlen))


def _contains(network: IPInterface, part: IPInterface) -> bool:
    return network.prefixlen <= part.prefixlen and network.overlaps(part)
