import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.render.graph.go_kgctl_dot import dot
from kgctl_py.render.graph.picture.drawing import Drawing
from kgctl_py.render.graph.run_graphviz import Engine, Format, picture, resolution
from tests.render.meshes import drawn_lines, mesh

SMALL = mesh(6, peers=2, granularity=Granularity.LOCATION)

needs_graphviz = pytest.mark.skipif(not shutil.which("dot"), reason="needs Graphviz: `dot` is not installed")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is looked into for programs before all others."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.defpath}")
    return tmp_path


def program(place: Path, script: str) -> None:
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(place.stat().st_mode | stat.S_IXUSR)


@needs_graphviz
@pytest.mark.parametrize("engine", Engine)
def test_every_engine_draws_every_node(engine: Engine) -> None:
    assert len(drawn_lines(picture(dot(SMALL), Format.SVG, engine), "node")) == 8


@needs_graphviz
@pytest.mark.parametrize(
    ("image", "start"), [(Format.SVG, b"<?xml"), (Format.PNG, b"\x89PNG"), (Format.PDF, b"%PDF")]
)
def test_every_format_is_what_it_says(image: Format, start: bytes) -> None:
    assert picture(dot(SMALL), image, Engine.DOT).startswith(start)


@needs_graphviz
def test_a_picture_has_a_white_ground_so_that_it_can_be_read_in_the_dark() -> None:
    assert b'<polygon fill="white"' in picture(dot(SMALL), Format.SVG, Engine.DOT)


def test_without_graphviz_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(KgctlError, match=r'^cannot draw a picture: "dot" is not on the PATH$') as caught:
        picture(dot(SMALL), Format.SVG, Engine.DOT)
    assert "apt-get install graphviz" in caught.value.hint


@pytest.mark.parametrize(("engine", "hint"), [(Engine.DOT, "--layout sfdp"), (Engine.SFDP, "-O mesh.dot")])
def test_an_engine_that_takes_too_long_is_killed(programs: Path, engine: Engine, hint: str) -> None:
    program(programs / "dot", f'echo $$ > "{programs}/pid"; exec sleep 60')
    before = time.monotonic()
    with pytest.raises(KgctlError, match=f'^stopped "{engine}": .* within 1 s$') as caught:
        picture(dot(SMALL), Format.SVG, engine, seconds=0.5)
    assert time.monotonic() - before < 10
    assert hint in caught.value.hint
    with pytest.raises(ProcessLookupError):
        os.kill(int((programs / "pid").read_text()), 0)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'Error: no such engine' >&2; echo more >&2; exit 1", "Error: no such engine"),
        ("exit 3", "exit 3"),
    ],
)
def test_errors_of_graphviz_are_reported(programs: Path, script: str, why: str) -> None:
    program(programs / "dot", f"cat > /dev/null; {script}")
    with pytest.raises(KgctlError, match=f'^"neato" could not draw the picture: {why}$'):
        picture(dot(SMALL), Format.SVG, Engine.NEATO)


@pytest.mark.parametrize(("width", "height", "dots"), [(900, 600, 192), (2000, 1500, 144), (9000, 6000, 72)])
def test_a_png_has_the_more_dots_the_smaller_it_is(width: float, height: float, dots: int) -> None:
    assert resolution(Drawing(dot="", width=width, height=height)) == dots
