"""Set the name servers and search domains of an interface in the resolver of this machine."""

import contextlib
import enum
import shutil
import subprocess
from pathlib import Path

from kgctl_py.errors import KgctlError

_RESOLVED = Path("/run/systemd/resolve")
"""A folder that exists while systemd-resolved(8) runs."""
_SECONDS = 10


class Resolver(enum.StrEnum):
    """The program that sets name servers: resolvectl(1), or resolvconf(8)."""

    RESOLVECTL = "resolvectl"
    RESOLVCONF = "resolvconf"


def find_resolver(resolved: Path = _RESOLVED) -> Resolver:
    """Return the program that sets name servers on this machine; raise KgctlError if no program does."""
    if resolved.is_dir() and shutil.which(Resolver.RESOLVECTL):
        return Resolver.RESOLVECTL
    if shutil.which(Resolver.RESOLVCONF):
        return Resolver.RESOLVCONF
    raise KgctlError(
        "cannot set name servers: this machine has neither systemd-resolved nor resolvconf",
        hint="install openresolv, or leave out --dns",
    )


def set_dns(resolver: Resolver, interface: str, servers: tuple[str, ...], domains: tuple[str, ...]) -> None:
    """Set the name servers of the interface; with `domains`, systemd-resolved uses them only for these domains."""
    if resolver is Resolver.RESOLVCONF:
        lines = [*(f"nameserver {server}" for server in servers), *_search(domains)]
        _run(resolver, "-a", interface, "-m", "0", text="".join(f"{line}\n" for line in lines))
        return
    _run(resolver, "dns", interface, *servers)
    _run(resolver, "domain", interface, *(domains or ("~.",)))
    _run(resolver, "default-route", interface, "no" if domains else "yes")


def has_dns(resolver: Resolver, interface: str, servers: tuple[str, ...], domains: tuple[str, ...]) -> bool:
    """Return whether the interface has these name servers and domains."""
    try:
        if resolver is Resolver.RESOLVCONF:
            return set(servers) <= set(_run(resolver, "-l", interface).split())
        words = _run(resolver, "dns", interface).split() + _run(resolver, "domain", interface).split()
    except KgctlError:  # openresolv fails if it has no name servers for the interface
        return False
    return {*servers, *(domains or ("~.",))} <= set(words)


def unset_dns(resolver: Resolver, interface: str) -> None:
    """Remove the name servers of the interface."""
    if resolver is Resolver.RESOLVCONF:
        _run(resolver, "-f", "-d", interface)
    else:
        _run(resolver, "revert", interface)


def _search(domains: tuple[str, ...]) -> list[str]:
    return [f"search {' '.join(domains)}"] if domains else []


def _run(resolver: Resolver, *arguments: str, text: str = "") -> str:
    """Run the program and return its output; raise KgctlError if it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - the system's own program
            (shutil.which(resolver) or resolver, *arguments),
            input=text,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        why = done.stderr.strip().splitlines()[-1:] if done.returncode else None
    except (OSError, subprocess.TimeoutExpired) as error:
        why = [type(error).__name__]
    if why is not None:
        raise KgctlError(f'"{resolver} {" ".join(arguments)}" failed: {"".join(why) or "no reason given"}')
    return done.stdout


def unset_dns_if_any(interface: str, resolved: Path = _RESOLVED) -> None:
    """Remove the name servers of the interface, if this machine has a program for that."""
    with contextlib.suppress(KgctlError):
        unset_dns(find_resolver(resolved), interface)
