"""Networks and their owners, by prefix, so that an overlap is found without comparing all with all."""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from kgctl_py.mesh.address import IPInterface

Owner = TypeVar("Owner", bound=Hashable)

_Prefix = tuple[int, int, int]
"""IP version, length in bits, and the leading bits as a number."""


class NetworkOwners(Generic[Owner]):
    """Networks and their owners, by prefix: a question costs a look-up for each prefix length there is."""

    def __init__(self) -> None:
        self._owners: dict[_Prefix, dict[Owner, int]] = {}
        self._lengths: dict[int, set[int]] = {4: set(), 6: set()}

    def add(self, cidr: IPInterface, owner: Owner) -> None:
        """Note that `owner` has `cidr`; its host bits do not count."""
        length = cidr.prefixlen
        self._lengths[cidr.version].add(length)
        _increase(self._owners, _prefix(cidr, length), owner)

    def holders(self, cidr: IPInterface) -> Iterator[Owner]:
        """Return every owner of a network that contains the address of `cidr`, those of the widest first."""
        for length in sorted(self._lengths[cidr.version]):
            yield from self._owners.get(_prefix(cidr, length), ())

    def holder(self, cidr: IPInterface, *, but: Owner | None = None) -> Owner | None:
        """Return an owner, other than `but`, of a network that contains the address of `cidr`."""
        return next((owner for owner in self.holders(cidr) if owner != but), None)


class OverlapIndex(NetworkOwners[Owner]):
    """Networks that may also be asked which of them lie in another, and be taken back.

    A binary trie in dictionaries: each prefix above a network knows whose networks lie below it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._below: dict[_Prefix, dict[Owner, int]] = {}

    def add(self, cidr: IPInterface, owner: Owner) -> None:
        """Note that `owner` claims `cidr`; its host bits do not count."""
        super().add(cidr, owner)
        for prefix in _prefixes_above(cidr):
            _increase(self._below, prefix, owner)

    def remove(self, cidr: IPInterface, owner: Owner) -> None:
        """Take one claim back."""
        _decrease(self._owners[_prefix(cidr, cidr.prefixlen)], owner)
        for prefix in _prefixes_above(cidr):
            _decrease(self._below[prefix], owner)

    def overlapping(self, cidr: IPInterface, *, but: Owner | None = None) -> Owner | None:
        """Return an owner, other than `but`, of a network that contains `cidr` or lies in it."""
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
