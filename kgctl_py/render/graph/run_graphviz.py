"""Run Graphviz in a separate process to draw a picture, with the options that the user chose."""

import enum
import math
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kgctl_py.errors import KgctlError

if TYPE_CHECKING:
    from kgctl_py.render.graph.picture.drawing import Drawing

SECONDS = 30.0
"""The maximum seconds of an engine."""
_RESOLUTIONS = (192, 144, 96, 72)
"""The possible dots per inch of a PNG; 192 looks sharp on current screens."""
_MOST_DOTS = 14_000_000
"""The maximum dots: more take seconds to draw, and few wikis accept such a file."""


class Format(enum.StrEnum):
    """The formats of a picture."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


class Engine(enum.StrEnum):
    """The programs of Graphviz that place the nodes."""

    DOT = "dot"
    CIRCO = "circo"
    NEATO = "neato"
    FDP = "fdp"
    SFDP = "sfdp"
    TWOPI = "twopi"


class Detail(enum.StrEnum):
    """Whether each node shows its addresses, or a location lists its nodes; `auto` decides by their number."""

    AUTO = "auto"
    FULL = "full"
    LOCATION = "location"


class Theme(enum.StrEnum):
    """The background of a picture."""

    LIGHT = "light"
    DARK = "dark"


def picture(dot: Iterable[str], image: Format, engine: Engine, *, seconds: float = SECONDS) -> bytes:
    """Draw the lines of DOT; raise KgctlError if Graphviz is missing, fails, or takes longer than `seconds`."""
    from graphviz.backend import dot_command

    command = dot_command.command(engine.value, image.value)
    return _drawn(command, "".join(map(_drawable, dot)), seconds, hint=_faster_way(engine))


def placed_picture(drawing: "Drawing", image: Format, *, seconds: float = SECONDS) -> bytes:
    """Draw a picture with fixed places; raise KgctlError as `picture` does."""
    from graphviz.backend import dot_command

    command = dot_command.command(Engine.NEATO.value, image.value)
    # neato -n2: nodes and edges stay where they are (graphviz, `man neato`)
    options = ["-n2", f"-Gdpi={resolution(drawing)}"] if image is Format.PNG else ["-n2"]
    hint = "add --detail location, or create a web page: kgctl graph -O mesh.html"
    return _drawn([*command, *options], drawing.dot, seconds, hint=hint)


def resolution(drawing: "Drawing") -> int:
    """Return the dots per inch of a PNG, fewer for a larger picture."""
    inches = drawing.width / 72 * drawing.height / 72
    return next((dots for dots in _RESOLUTIONS if inches * dots**2 <= _MOST_DOTS), _RESOLUTIONS[-1])


def _drawn(command: Sequence[str | os.PathLike[str]], text: str, seconds: float, *, hint: str) -> bytes:
    import graphviz
    from graphviz.backend import execute

    engine = next(str(word).removeprefix("-K") for word in command if str(word).startswith("-K"))
    try:  # not graphviz.pipe(), which would wait forever
        process = execute.run_check(command, input=text.encode(), capture_output=True, quiet=True, timeout=seconds)
    except graphviz.ExecutableNotFound:
        raise KgctlError(
            f'cannot draw a picture: "{command[0]}" is not on the PATH',
            hint="install Graphviz: apt-get install graphviz, dnf install graphviz, or brew install graphviz",
        ) from None
    except subprocess.TimeoutExpired:
        raise KgctlError(
            f'stopped "{engine}": it did not finish within {math.ceil(seconds)} s', hint=hint
        ) from None
    except graphviz.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise KgctlError(
            f'"{engine}" could not draw the picture: {reason or f"exit {error.returncode}"}'
        ) from None
    picture_bytes: bytes = process.stdout
    return picture_bytes


def _drawable(line: str) -> str:
    r"""Double a single backslash (see `go_kgctl_dot.py`): Graphviz would draw `x\y` without it."""
    return re.sub(r"\\([a-kmo-qsvwyz])|\\.", lambda match: "\\" * bool(match[1]) + match[0], line)


def _faster_way(engine: Engine) -> str:
    if engine is Engine.SFDP:
        return "to write the graph for other programs: kgctl graph -O mesh.dot"
    return "try --layout sfdp, which is the fastest"
