"""Passes connections on from one place to another, run as a script: `relay.py FROM TO`.

A place is the path of a Unix socket, or a port of the loopback. By two relays with a Unix socket between them
a host of the lab reaches a server of the machine, with which it has no network in common.
"""

import contextlib
import socket
import sys
import threading


def _listening(place: str) -> socket.socket:
    if place.isdecimal():
        return socket.create_server(("127.0.0.1", int(place)))
    server = socket.socket(socket.AF_UNIX)
    server.bind(place)
    server.listen()
    return server


def _connected(place: str) -> socket.socket:
    if place.isdecimal():
        return socket.create_connection(("127.0.0.1", int(place)))
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(place)
    return connection


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes, and that nothing more will."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def _serve(caller: socket.socket, place: str) -> None:
    try:
        server = _connected(place)
    except OSError:
        caller.close()
        return
    back = threading.Thread(target=_pump, args=(server, caller), daemon=True)
    back.start()
    _pump(caller, server)
    back.join()
    caller.close()
    server.close()


def relay(source: str, target: str) -> None:
    """Serve every caller, for ever."""
    with _listening(source) as server:
        while True:
            caller, _ = server.accept()
            threading.Thread(target=_serve, args=(caller, target), daemon=True).start()


if __name__ == "__main__":
    relay(sys.argv[1], sys.argv[2])
