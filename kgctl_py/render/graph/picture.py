"""The graph as a picture, drawn by Graphviz in a process of its own."""

import enum
import math
import re
import subprocess
from collections.abc import Iterable

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.topology import Topology

SECONDS = 30.0
"""How long an engine may take."""
_MOST_EDGES = 1000
"""More of them take `dot` longer than anybody waits."""
_MOST_ACROSS = 60
"""More edges than these between locations and to peers `dot` draws on top of each other."""


class Format(enum.StrEnum):
    """The formats of a picture."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


class Engine(enum.StrEnum):
    """The programs of Graphviz that find a place for each node."""

    DOT = "dot"
    CIRCO = "circo"
    NEATO = "neato"
    FDP = "fdp"
    SFDP = "sfdp"
    TWOPI = "twopi"


def engine_for(topology: Topology) -> Engine:
    """Choose `dot`, which is the most readable, or `sfdp` where `dot` would take long or draw a tangle."""
    leaders = len(topology.segments)
    inside = sum(len(segment.nodes) - 1 for segment in topology.segments)
    across = math.comb(leaders, 2) + leaders * len(topology.peers)
    return Engine.DOT if across <= _MOST_ACROSS and inside + across <= _MOST_EDGES else Engine.SFDP


def picture(dot: Iterable[str], image: Format, engine: Engine, *, seconds: float = SECONDS) -> bytes:
    """Draw the lines of DOT; raise KgctlError when Graphviz is missing, fails, or takes longer than `seconds`."""
    import graphviz
    from graphviz.backend import dot_command, execute

    command = dot_command.command(engine.value, image.value)
    text = "".join(map(_drawable, dot)).encode()
    try:  # not graphviz.pipe(): it would wait for ever
        process = execute.run_check(command, input=text, capture_output=True, quiet=True, timeout=seconds)
    except graphviz.ExecutableNotFound:
        raise KgctlError(
            f'cannot draw a picture: there is no "{command[0]}" on the PATH',
            hint="install Graphviz: apt-get install graphviz, dnf install graphviz, or brew install graphviz",
        ) from None
    except subprocess.TimeoutExpired:
        raise KgctlError(
            f'"{engine}" was stopped: it had not drawn the picture after {math.ceil(seconds)} s',
            hint=_faster_way(engine),
        ) from None
    except graphviz.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise KgctlError(
            f'"{engine}" could not draw the picture: {reason or f"exit {error.returncode}"}'
        ) from None
    picture_bytes: bytes = process.stdout
    return picture_bytes


def _drawable(line: str) -> str:
    r"""Double a backslash that stands alone (see `dot.py`): Graphviz would draw `x\y` without it."""
    return re.sub(r"\\([a-kmo-qsvwyz])|\\.", lambda match: "\\" * bool(match[1]) + match[0], line)


def _faster_way(engine: Engine) -> str:
    if engine is Engine.SFDP:
        return "kgctl graph -O mesh.dot writes the graph for other programs to draw"
    return "--layout sfdp is the quickest"
