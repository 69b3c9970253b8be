"""What connect shows at the top: in a word, whether the locations answer."""

import pytest

from kgctl_py.connect.tunnel_state import tunnel_state
from kgctl_py.render.live.screen import Health
from kgctl_py.wireguard.device import DevicePeer
from kgctl_py.wireguard.endpoint import parse_endpoint
from kgctl_py.wireguard.keygen import generate_preshared_key

NOW = 1_767_258_000
KEYS = [generate_preshared_key() for _ in range(3)]
NEVER = 0


def state(*handshakes: int, added: int = NOW - 60, keepalive: int = 10, ports: tuple[int, ...] = (51820,)) -> str:
    peers = [
        DevicePeer(
            public_key=key,
            latest_handshake=handshake,
            persistent_keepalive=keepalive,
            endpoint=parse_endpoint(f"203.0.113.1:{ports[n % len(ports)]}"),
        )
        for n, (key, handshake) in enumerate(zip(KEYS, handshakes, strict=False))
    ]
    return tunnel_state(peers, dict.fromkeys(KEYS, float(added)), NOW).text


@pytest.mark.parametrize(
    ("handshakes", "text"),
    [
        ((), "connecting"),
        ((NOW - 5, NOW - 179), "connected"),
        ((NOW - 5, NOW - 181, NEVER), "degraded: 1 of 3 locations"),
        ((NEVER, NEVER), "not connected: no handshake in 20 s; is UDP 51820 open?"),
        ((NOW - 181,), "not connected: no handshake in 20 s; is UDP 51820 open?"),
    ],
)
def test_the_state_says_how_many_locations_answer(handshakes: tuple[int, ...], text: str) -> None:
    assert state(*handshakes) == text


def test_a_first_handshake_is_waited_for() -> None:
    assert state(NEVER, NEVER, added=NOW - 19) == "connecting"
    assert state(NOW, NEVER, added=NOW - 19) == "connecting: 1 of 2 locations"
    assert state(NOW - 500, added=NOW - 19).startswith("not connected")


def test_without_keepalives_an_idle_tunnel_is_no_fault() -> None:
    assert state(NOW - 5000, keepalive=0) == "connected"
    assert state(NEVER, keepalive=0).startswith("not connected")


def test_several_ports_are_not_named() -> None:
    assert state(NEVER, NEVER, ports=(51820, 51821)).endswith("is UDP open?")


def test_good_and_bad_states_differ_in_colour() -> None:
    shown = [
        tunnel_state([DevicePeer(public_key=KEYS[0], latest_handshake=at)], {KEYS[0]: 0}, NOW) for at in (NOW, 0)
    ]
    assert [one.health for one in shown] == [Health.GOOD, Health.BAD]
