"""The flags of kg in Kilo's DaemonSets that a trace depends on (kilo cmd/kg/main.go)."""

import contextlib
from collections.abc import Callable
from typing import TypeVar

from kgctl_py.errors import KgctlError
from kgctl_py.kilo.kg_workloads_and_flags import Flags, Lister, kg_flags
from kgctl_py.kube.objects.reader import Objects
from kgctl_py.mesh.routing.agent_flags import UNKNOWN, AgentFlags, Encapsulate

_PLUGINS = ("flannel", "cilium")
_BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
"""The values of a Boolean flag, as in Go's strconv.ParseBool."""

T = TypeVar("T")


def agent_flags(list_objects: Lister) -> AgentFlags:
    """Return the flags in which all DaemonSets of Kilo agree; raise UnreadableError."""
    found = [_of_one(flags) for flags in kg_flags(list_objects)]
    return AgentFlags(
        encapsulate=_agreed([one.encapsulate for one in found]),
        compatibility=_agreed([one.compatibility for one in found]),
        local=_agreed([one.local for one in found]),
        cni=_agreed([one.cni for one in found]),
    )


def known_flags(read_objects: Callable[[], Objects]) -> AgentFlags:
    """Return these flags; they are unknown if the DaemonSets cannot be read."""
    try:
        return agent_flags(read_objects().of)
    except KgctlError:
        return UNKNOWN


def _agreed(values: list[T | None]) -> T | None:
    return values[0] if len(set(values)) == 1 else None


def _of_one(flags: Flags) -> AgentFlags:
    """Return the flags of a DaemonSet with the defaults of kg; all are unknown if a script can add flags."""
    if not any(word.startswith("--") for word in flags.words) or any(word[:1] == "$" for word in flags.words):
        return UNKNOWN
    compatibility = _last(flags, "compatibility", "")
    return AgentFlags(
        encapsulate=_strategy(_last(flags, "encapsulate", Encapsulate.ALWAYS)),
        compatibility=None if "$" in compatibility else compatibility if compatibility in _PLUGINS else "",
        local=_switch(flags, "local"),
        cni=_switch(flags, "cni"),
    )


def _last(flags: Flags, name: str, default: str) -> str:
    return (default, *flags.all(name))[-1]


def _strategy(text: str) -> Encapsulate | None:
    with contextlib.suppress(ValueError):
        return Encapsulate(text)
    return None


def _switch(flags: Flags, name: str) -> bool | None:
    """Return a Boolean flag, which has its value in the same word; kg sets both by default."""
    flag = f"--{name}"
    stated = ["true" if word == flag else word[len(flag) + 1 :] for word in flags.words if _is(flag, word)]
    return _BOOLEANS.get(stated[-1]) if stated else True


def _is(flag: str, word: str) -> bool:
    return word == flag or word.startswith(f"{flag}=")
