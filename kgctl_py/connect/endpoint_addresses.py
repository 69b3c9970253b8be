"""The addresses of DNS endpoints, because WireGuard does not resolve names."""

import time
from collections.abc import Mapping

from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.build_with_agreed_settings import LookUp


class EndpointAddresses:
    """Addresses by DNS name, resolved again after `seconds`; if that fails, the old address stays."""

    def __init__(self, seconds: float, look_up: LookUp) -> None:
        self._seconds = seconds
        self._look_up = look_up
        self._addresses: dict[str, IPAddress] = {}
        self._looked_up_at: dict[str, float] = {}

    def look_up(self, names: set[str]) -> Mapping[str, IPAddress]:
        """Return the known addresses, after resolving those of `names` that are due."""
        now = time.monotonic()
        due = {name for name in names if now - self._looked_up_at.get(name, -self._seconds) >= self._seconds}
        if due:
            self._addresses.update(self._look_up(due))
            self._looked_up_at.update(dict.fromkeys(due, now))
        return self._addresses
