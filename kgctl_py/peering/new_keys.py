"""New preshared keys for pairs of clusters."""

from kgctl_py.wireguard import Key


class PresharedKeys:
    """One new preshared key for each pair of clusters, the same for each computation of the plan."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], Key] = {}

    def __call__(self, first: str, second: str) -> Key:
        """Return the key of a pair, generated for the first call."""
        from kgctl_py.wireguard import keygen

        if (first, second) not in self._keys:
            self._keys[first, second] = keygen.generate_preshared_key()
        return self._keys[first, second]


def no_key(*_: str) -> None:
    """Return no preshared key."""
