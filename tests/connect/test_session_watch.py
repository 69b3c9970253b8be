"""After a change a session is restarted when data goes out and nothing comes back, and else left alone."""

from kgctl_py.connect.healing.session_watch import HANDSHAKE_SECONDS, WATCHED_SECONDS, SessionWatch
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice

A, B = Key(bytes([1]) * 32), Key(bytes([2]) * 32)


def device(received: int = 0, sent: int = 0, handshake: int = 1, keepalive: int = 0) -> WireGuardDevice:
    """Return a device whose session with A has carried so many bytes, and that with B none."""
    peer = DevicePeer(
        public_key=A,
        received=received,
        sent=sent,
        latest_handshake=handshake,
        persistent_keepalive=keepalive,
    )
    return WireGuardDevice(peers=(peer, DevicePeer(public_key=B, latest_handshake=1)))


def watching() -> SessionWatch:
    watch = SessionWatch()
    watch.watch({A}, 0)
    watch.look(device(), 0)
    return watch


def test_a_session_that_sends_data_and_receives_nothing_for_a_while_has_ended() -> None:
    watch = watching()
    assert watch.look(device(sent=128), 0.2).ended == ()
    assert watch.look(device(sent=128), 0.9).ended == ()
    assert watch.look(device(sent=256), 1.0).ended == (A,)


def test_a_session_that_answers_has_not_ended_however_late_the_answer() -> None:
    watch = watching()
    for turn in range(100):
        assert watch.look(device(sent=128 * (turn + 1), received=128 * (turn // 2)), turn / 2.5).ended == ()


def test_an_idle_session_is_left_alone() -> None:
    watch = watching()
    assert all(watch.look(device(), turn / 5).ended == () for turn in range(100))


def test_unanswered_keepalives_do_not_end_a_session() -> None:
    watch = watching()
    assert all(watch.look(device(sent=32 * (turn // 10)), turn / 5).ended == () for turn in range(100))


def test_two_keepalives_between_two_looks_do_not_end_a_session() -> None:
    """After the last answer WireGuard sends one for it, and at an interval of 10 seconds another one then."""
    watch = watching()
    watch.look(device(received=128, sent=128, keepalive=10), 0.2)
    sent = [128 + 64 * (turn >= 50) for turn in range(100)]
    looks = (device(received=128, sent=bytes_, keepalive=10) for bytes_ in sent)
    assert all(watch.look(look, 0.4 + turn / 5).ended == () for turn, look in enumerate(looks))


def test_the_keepalives_between_rare_looks_do_not_end_a_session() -> None:
    watch = watching()
    assert all(watch.look(device(sent=32 * 5 * turn, keepalive=1), 5 * turn).ended == () for turn in range(1, 7))


def test_a_packet_of_data_beside_keepalives_ends_a_session() -> None:
    watch = watching()
    watch.look(device(keepalive=10), 0.2)
    assert watch.look(device(sent=96, keepalive=10), 0.4).ended == ()
    assert watch.look(device(sent=96, keepalive=10), 1.3).ended == (A,)


def test_a_session_that_was_not_concerned_is_not_watched() -> None:
    watch = SessionWatch()
    watch.watch({B}, 0)
    assert watch.look(device(sent=1000), 1).ended == ()
    assert watch.look(device(sent=2000), 2).ended == ()


def test_a_restarted_session_works_again_when_there_was_a_handshake() -> None:
    watch = ended()
    assert watch.look(device(handshake=0), 1.3).restored == ()
    assert watch.look(device(handshake=5), 1.5).restored == (A,)
    assert watch.look(device(handshake=5), 1.7).restored == ()


def test_a_handshake_that_does_not_take_place_is_reported_once_and_waited_for() -> None:
    watch = ended()
    assert watch.look(device(handshake=0), 1.2 + HANDSHAKE_SECONDS).unanswered == (A,)
    assert watch.look(device(handshake=0), 2.2 + HANDSHAKE_SECONDS).unanswered == ()
    assert watch.look(device(handshake=5), 3.2 + HANDSHAKE_SECONDS).restored == (A,)


def test_a_restarted_session_that_only_sends_is_not_restarted_again() -> None:
    watch = ended()
    watch.look(device(received=92, handshake=5), 1.4)
    for turn in range(100):
        keepalives = 32 * (turn // 25)
        carried = device(sent=100 * turn, received=92 + keepalives, handshake=5)
        assert watch.look(carried, 1.6 + turn / 5).ended == ()


def test_after_another_change_a_session_that_only_sends_is_restarted_once_more() -> None:
    watch = ended()
    watch.look(device(received=92, handshake=5), 1.4)
    watch.watch({A}, 2.0)
    watch.look(device(sent=100, received=92, handshake=5), 2.2)
    assert watch.look(device(sent=200, received=92, handshake=5), 3.2).ended == (A,)


def test_a_restarted_session_that_has_answered_can_end_again() -> None:
    watch = ended()
    watch.look(device(received=92, handshake=5), 1.4)
    watch.look(device(sent=128, received=220, handshake=5), 1.6)
    watch.look(device(sent=256, received=220, handshake=5), 1.8)
    assert watch.look(device(sent=384, received=220, handshake=5), 2.8).ended == (A,)


def test_changes_in_quick_succession_do_not_put_off_the_restart() -> None:
    watch = watching()
    for tenths in range(0, 10, 2):
        watch.watch({A}, tenths / 10)
        watch.look(device(sent=100 + tenths), tenths / 10)
    assert watch.look(device(sent=200), 1.0).ended == (A,)


def test_the_watch_ends_after_a_while_and_with_its_peer() -> None:
    assert watching().is_watching
    watch = watching()
    watch.look(device(), WATCHED_SECONDS)
    assert not watch.is_watching
    watch = watching()
    watch.look(WireGuardDevice(), 1)
    assert not watch.is_watching


def ended() -> SessionWatch:
    """Return a watch in which the session with A was restarted at 1.2 seconds."""
    watch = watching()
    watch.look(device(sent=128), 0.2)
    assert watch.look(device(sent=256), 1.2).ended == (A,)
    watch.on_restart(A, 1.2)
    return watch
