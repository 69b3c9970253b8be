"""A signal calls the action of a command that runs until it is stopped."""

import signal
import threading

from kgctl_py.connect.end_on_signal import SignalHandler


def test_a_signal_may_come_while_the_main_thread_holds_the_lock_that_its_action_takes() -> None:
    lock, results, done = threading.Lock(), list[bool](), threading.Event()

    def take_lock() -> None:
        results.append(lock.acquire(timeout=20))
        done.set()

    signals = SignalHandler()
    with signals.installed(), signals.on_signal(take_lock):
        with lock:
            signal.raise_signal(signal.SIGTERM)
        assert done.wait(30)
    assert results == [True]


def test_only_the_first_signal_calls_the_action() -> None:
    calls, done = list[int](), threading.Event()

    def act() -> None:
        calls.append(1)
        done.set()

    signals = SignalHandler()
    with signals.installed():
        with signals.on_signal(act):
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            assert done.wait(30)
        signal.raise_signal(signal.SIGTERM)
    assert calls == [1]
