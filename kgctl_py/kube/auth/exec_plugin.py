"""Credentials from a credential plugin, as kubectl gets them (client.authentication.k8s.io, `users[].user.exec`).

`kubernetes.config` would log a failed command, continue without credentials, and wait for a command forever.
"""

import base64
import codecs
import datetime
import json
import math
import os
import signal
import subprocess
from typing import Annotated, Any

import msgspec

from kgctl_py import limits, os_errors
from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Cluster, Exec, Variable
from kgctl_py.kube.auth.bounded_program import MOST_PRINTED, OversizedOutputError, program_path, run_bounded
from kgctl_py.value import Value

LONGEST = 300.0
"""The maximum seconds of a plugin without a terminal: a user may have to answer in a browser."""


class Credential(msgspec.Struct, rename="camel", frozen=True):
    """`status` of an ExecCredential: a token, or a certificate with its key in PEM, and when it expires."""

    expiration_timestamp: Annotated[datetime.datetime, msgspec.Meta(tz=True)] | None = None
    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None

    @property
    def expires(self) -> float:
        """The Unix time at which the credential expires; infinite if the plugin does not say it."""
        return self.expiration_timestamp.timestamp() if self.expiration_timestamp else math.inf

    def __repr__(self) -> str:
        return "Credential(…)"


class _ExecCredential(msgspec.Struct, rename="camel", frozen=True):
    api_version: str
    status: Credential
    kind: str = "ExecCredential"


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
        raise KgctlError(
            f"{name} needs input from you, but stdin is not a terminal", hint="run kgctl in a terminal"
        )
    done = _run(plugin, _info(plugin, cluster, interactive), name, terms, interactive=interactive)
    if done.returncode:
        raise KgctlError(f"{name} {_failure(done.returncode)}", hint=(plugin.install_hint or "").strip())
    return _decoded(done.stdout, plugin, name)


def _run(
    plugin: Exec, info: str, name: str, terms: Terms, *, interactive: bool
) -> "subprocess.CompletedProcess[bytes]":
    try:
        return run_bounded(
            [program_path(plugin.command), *(plugin.args or ())],
            seconds=None if interactive else terms.seconds,
            env=os.environ | _variables(plugin) | {"KUBERNETES_EXEC_INFO": info},
            stdin=None if interactive else subprocess.DEVNULL,
            stderr=None if terms.attended else subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise KgctlError(f"{name} did not finish within {terms.seconds:g} s") from None
    except OversizedOutputError:
        raise KgctlError(f"{name} printed more than {MOST_PRINTED} bytes") from None
    except (OSError, ValueError) as error:
        reason = os_errors.reason(error, otherwise="its command line or environment is not text")
        otherwise = "install it" if isinstance(error, FileNotFoundError) else ""
        hint = (plugin.install_hint or "").strip() or otherwise
        raise KgctlError(f"cannot run {name}: {reason}", hint=hint) from None


def _failure(code: int) -> str:
    """Return how a plugin failed; Popen gives a signal as a negative code."""
    if code > 0:
        return f"failed with exit code {code}"
    return f"was killed by signal {-code}" + (f" ({signal.strsignal(-code)})" if signal.strsignal(-code) else "")


def _decoded(text: bytes, plugin: Exec, name: str) -> Credential:
    try:
        answer = _exec_credential(text.removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError) as error:
        from kgctl_py.kube.auth.kubeconfig_errors import explain_mismatch

        reason = explain_mismatch(error)[0] if text.strip() else "it printed nothing"
        raise KgctlError(f"{name} did not print an ExecCredential: {reason}") from None
    if answer.kind != "ExecCredential":
        raise KgctlError(f"{name} did not print an ExecCredential, but an object of another kind")
    if answer.api_version != plugin.api_version:
        raise KgctlError(f"{name} uses {answer.api_version}, but the kubeconfig needs {plugin.api_version}")
    status = answer.status
    certificate, key = bool(status.client_certificate_data), bool(status.client_key_data)
    if certificate != key or not (status.token or certificate):
        raise KgctlError(f"{name} returned no token and no certificate with a key")
    return status


def _exec_credential(text: bytes) -> _ExecCredential:
    """Return an ExecCredential in JSON or YAML; raise ValueError, which does not quote the text."""
    if not text.lstrip() or text.lstrip().startswith(b"{"):
        return msgspec.json.decode(text, type=_ExecCredential)
    from kgctl_py.kube.objects.yaml_text import load_all

    return msgspec.convert(next(iter(load_all(text)), None), type=_ExecCredential)


def _variables(plugin: Exec) -> dict[str, str]:
    return dict(_variable(entry) for entry in plugin.env or () if entry.name)


def _variable(entry: Variable) -> tuple[str, str]:
    """Return the name and value; a name with "=" ends there, as the operating system reads it."""
    name, _, value = f"{entry.name}={entry.value}".partition("=")
    return name, value


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
        return limits.read_bytes(path, most=limits.LARGEST_SETTING)
