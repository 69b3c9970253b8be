"""Credentials from a credential plugin, as kubectl gets them (client.authentication.k8s.io, `users[].user.exec`).

`kubernetes.config` would log a failed command, continue without credentials, and wait for a command forever.
"""

import base64
import io
import json
import os
import selectors
import subprocess
import time
from typing import Any, cast

import msgspec

from kgctl_py import os_errors
from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth.kubeconfig import Cluster, Exec
from kgctl_py.value import Value

LONGEST = 300.0
"""The maximum seconds of a plugin without a terminal: a user may have to answer in a browser."""

MOST_PRINTED = 2**20
"""The maximum bytes of an ExecCredential: a token or a certificate has a few thousand."""

_PART = 2**16


class _OversizedError(Exception):
    """A plugin prints more than a credential can have."""


class Credential(msgspec.Struct, rename="camel", frozen=True):
    """`status` of an ExecCredential: a token, or a certificate with its key in PEM."""

    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None

    def __repr__(self) -> str:
        return "Credential(…)"


class _ExecCredential(msgspec.Struct, rename="camel", frozen=True):
    api_version: str
    status: Credential


class Terms(Value, frozen=True, kw_only=True):
    """How long a plugin can take without a terminal, and whether a user can read and answer."""

    seconds: float = LONGEST
    attended: bool = True


def credential(plugin: Exec, cluster: Cluster, terms: Terms) -> Credential:
    """Run `plugin` and return its credential; raise KgctlError with the command if it does not print one.

    Its stderr is for the user, and is passed on at once. With a terminal as stdin, it can prompt the user, and has
    no deadline.
    """
    name = f'the credential plugin "{plugin.command}"'
    interactive = terms.attended and os.isatty(0) and plugin.interactive_mode != "Never"
    if plugin.interactive_mode == "Always" and not interactive:
        raise KgctlError(f"{name} has to ask you, and stdin is not a terminal", hint="run kgctl in a terminal")
    done = _run(plugin, _info(plugin, cluster, interactive), name, terms, interactive=interactive)
    if done.returncode:
        raise KgctlError(f"{name} failed with exit code {done.returncode}", hint=plugin.install_hint or "")
    return _decoded(done.stdout, plugin, name)


def _run(
    plugin: Exec, info: str, name: str, terms: Terms, *, interactive: bool
) -> "subprocess.CompletedProcess[bytes]":
    try:
        return _run_bounded(
            [plugin.command, *(plugin.args or ())],
            seconds=None if interactive else terms.seconds,
            env=os.environ | _variables(plugin) | {"KUBERNETES_EXEC_INFO": info},
            stdin=None if interactive else subprocess.DEVNULL,
            stderr=None if terms.attended else subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise KgctlError(f"{name} did not end within {terms.seconds:g} s") from None
    except _OversizedError:
        raise KgctlError(f"{name} printed more than {MOST_PRINTED} bytes") from None
    except (OSError, ValueError) as error:
        reason = os_errors.reason(error, otherwise="its command line is not text")
        raise KgctlError(f"cannot run {name}: {reason}", hint=plugin.install_hint or "") from None


def _run_bounded(command: list[str], *, seconds: float | None, **how: Any) -> "subprocess.CompletedProcess[bytes]":
    """Run a command as `subprocess.run` does, but with a limit on stdout."""
    end = None if seconds is None else time.monotonic() + seconds
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0, **how) as process:  # noqa: S603 - the user's
        try:
            printed = _read_pipe(cast("io.FileIO", process.stdout), end)
            code = process.wait(_left(end))
        except BaseException:  # also for Ctrl-C: leave no plugin running
            process.kill()
            raise
    return subprocess.CompletedProcess(command, code, printed)


def _read_pipe(pipe: io.FileIO, end: float | None) -> bytes:
    printed = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(pipe, selectors.EVENT_READ)
        while len(printed) <= MOST_PRINTED:
            if not ready.select(_left(end)):
                raise subprocess.TimeoutExpired("", 0)
            if not (part := pipe.read(_PART)):
                return bytes(printed)
            printed += part
    raise _OversizedError


def _left(end: float | None) -> float | None:
    return None if end is None else max(end - time.monotonic(), 0)


def _decoded(text: bytes, plugin: Exec, name: str) -> Credential:
    try:
        answer = msgspec.json.decode(text, type=_ExecCredential)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KgctlError(f"{name} did not print an ExecCredential: {os_errors.lowered(str(error))}") from None
    if answer.api_version != plugin.api_version:
        raise KgctlError(f"{name} uses {answer.api_version}, but the kubeconfig needs {plugin.api_version}")
    status = answer.status
    if not status.token and not (status.client_certificate_data and status.client_key_data):
        raise KgctlError(f"{name} returned no token and no certificate with a key")
    return status


def _variables(plugin: Exec) -> dict[str, str]:
    return {entry["name"]: entry.get("value", "") for entry in plugin.env or () if "name" in entry}


def _info(plugin: Exec, cluster: Cluster, interactive: bool) -> str:
    spec: dict[str, Any] = {"interactive": interactive}
    if plugin.provide_cluster_info:
        spec["cluster"] = _cluster_info(cluster)
    return json.dumps({"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec})


def _cluster_info(cluster: Cluster) -> dict[str, Any]:
    info: dict[str, Any] = msgspec.to_builtins(cluster)
    path, extensions = info.pop("certificate-authority", None), info.pop("extensions", [])
    if path and "certificate-authority-data" not in info:
        info["certificate-authority-data"] = base64.b64encode(_read(path)).decode()
    own = (e.get("extension") for e in extensions if e.get("name") == "client.authentication.k8s.io/exec")
    return info | {"config": next(own, None)}


def _read(path: str) -> bytes:
    with os_errors.explained("read the certificate-authority", path):
        return os_errors.read_bytes(path, most=os_errors.LARGEST_SETTING)
