"""An interface that cannot be read: it is of another kind, or another program has just removed it."""

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.net.host_interfaces import Link
from kgctl_py.net.read_device import read_wireguard


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("lo", '"lo" is not a WireGuard interface'),
        ("nonesuch0", 'another program removed the interface "nonesuch0"'),
    ],
)
def test_the_reason_is_the_real_one(name: str, why: str) -> None:
    with pytest.raises(KgctlError, match=f"^{why}$"):
        read_wireguard(Link(index=1, name=name, kind="tun"))
