"""Networks and their owners, indexed by prefix to find overlaps without comparing all pairs."""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from kgctl_py.mesh.address import IPInterface

Owner = TypeVar("Owner", bound=Hashable)

_Prefix = tuple[int, int, int]
"""IP version, length in bits, and the leading bits as a number."""


class NetworkOwners(Generic[Owner]):
    """Networks and their owners by prefix: a query costs one lookup for each prefix length."""

    def __init__(self) -> None:
        self._owners: dict[_Prefix, dict[Owner, int]] = {}
        self._lengths: dict[int, set[int]] = {4: set(), 6: set()}

    def add(self, cidr: IPInterface, owner: Owner) -> None:
        """Add `cidr` without its host bits as a network of `owner`."""
        length = cidr.prefixlen
        self._lengths[cidr.version].add(length)
        _increase(self._owners, _prefix(cidr, length), owner)

    def holders(self, cidr: IPInterface) -> Iterator[Owner]:
        """Return every owner of a network that contains the address of `cidr`, the largest network first."""
        for length in sorted(self._lengths[cidr.version]):
            yield from self._owners.get(_prefix(cidr, length), ())

    def widths(self, cidr: IPInterface) -> dict[Owner, tuple[int, ...]]:
        """Return the owners of networks that contain the address of `cidr`, with the lengths of the prefixes."""
        found: dict[Owner, tuple[int, ...]] = {}
        for length in sorted(self._lengths[cidr.version]):
            for owner in self._owners.get(_prefix(cidr, length), ()):
                found[owner] = (*found.get(owner, ()), length)
        return found

    def holder(self, cidr: IPInterface, *, but: Owner | None = None) -> Owner | None:
        """Return an owner, other than `but`, of a network that contains the address of `cidr`."""
        return next((owner for owner in self.holders(cidr) if owner != but), None)


class OverlapIndex(NetworkOwners[Owner]):
    """An index that also finds the networks inside another one, and supports removal.

    It is a binary trie in dictionaries: each prefix stores the owners of the networks below it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._below: dict[_Prefix, dict[Owner, int]] = {}

    def add(self, cidr: IPInterface, owner: Owner) -> None:
        """Add `cidr` without its host bits as a claim of `owner`."""
        super().add(cidr, owner)
        for prefix in _prefixes_above(cidr):
            _increase(self._below, prefix, owner)

    def remove(self, cidr: IPInterface, owner: Owner) -> None:
        """Remove one claim."""
        _decrease(self._owners[_prefix(cidr, cidr.prefixlen)], owner)
        for prefix in _prefixes_above(cidr):
            _decrease(self._below[prefix], owner)

    def overlapping(self, cidr: IPInterface, *, but: Owner | None = None) -> Owner | None:
        """Return an owner, other than `but`, of a network that contains `cidr` or is inside it."""
        holder = self.holder(cidr, but=but)
        if holder is not None:
            return holder
        below = self._below.get(_prefix(cidr, cidr.prefixlen), ())
        return next((owner for owner in below if owner != but), None)


def _prefix(cidr: IPInterface, length: int) -> _Prefix:
    return cidr.version, length, cidr.prefix(length)


def _prefixes_above(cidr: IPInterface) -> tuple[_Prefix, ...]:
    return tuple(_prefix(cidr, length) for length in range(cidr.prefixlen))


def _increase(counts: dict[_Prefix, dict[Owner, int]], prefix: _Prefix, owner: Owner) -> None:
    owners = counts.get(prefix)
    if owners is None:
        counts[prefix] = {owner: 1}
    else:
        owners[owner] = owners.get(owner, 0) + 1


def _decrease(owners: dict[Owner, int], owner: Owner) -> None:
    owners[owner] -= 1
    if not owners[owner]:
        del owners[owner]
