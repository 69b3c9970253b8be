import json
import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.kgctl import kgctl, kgctl_program, shell
from tests.in_memory import EXAMPLE, Cluster, key, node, peer

GRAPH = ("--from-file", str(EXAMPLE), "graph")
CLUSTER = Cluster([node("n", 1), node("o", 2, "b")], [peer("laptop")])

needs_graphviz = pytest.mark.skipif(not shutil.which("dot"), reason="needs Graphviz: `dot` is not installed")


def test_dot_goes_to_stdout_by_default_and_nothing_to_stderr() -> None:
    result = kgctl(*GRAPH)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("digraph kilo {\n")
    assert result.stdout.endswith("}\n")


def test_the_granularity_decides_what_is_joined() -> None:
    assert 'label="location:b"' in CLUSTER.kgctl("graph").stdout
    assert 'label="node:o"' in CLUSTER.kgctl("graph", "--mesh-granularity", "full").stdout


def test_findings_about_the_mesh_are_printed_on_stderr() -> None:
    disagreeing = Cluster([node("n", 1), node("o", 2, granularity="full"), node("p", 3)])
    result = disagreeing.kgctl("graph")
    assert result.stdout.startswith("digraph")
    assert "granularity" in result.stderr


def test_a_layout_is_written_into_the_text() -> None:
    assert "\tlayout=circo;\n" in kgctl(*GRAPH, "--layout", "circo").stdout


@needs_graphviz
def test_the_text_can_be_piped_to_graphviz() -> None:
    done = shell(f"kgctl {' '.join(GRAPH)} | dot -Tsvg")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"location:berlin" in done.stdout


@needs_graphviz
@pytest.mark.parametrize(
    ("name", "args", "start"),
    [
        ("mesh.svg", (), b"<?xml"),
        ("mesh.PNG", (), b"\x89PNG"),
        ("mesh.pdf", ("--layout", "fdp"), b"%PDF"),
        ("mesh.dot", (), b"digraph"),
        ("mesh", (), b"digraph"),
        ("mesh.gv", (), b"digraph"),
        ("mesh.mmd", (), b"flowchart LR"),
        ("mesh.json", (), b'{\n  "apiVersion": "kgctl.kilo.squat.ai/v1"'),
        ("mesh.txt", (), b"kilo 10.4.0.0/16 (granularity location)\n"),
        ("mesh.html", (), b"<!doctype html>"),
        ("mesh.dot", ("-o", "svg"), b"<?xml"),
        ("mesh.jpg", ("-o", "svg"), b"<?xml"),
    ],
)
def test_a_file_is_written_over_in_the_format_of_its_name(
    tmp_path: Path, name: str, args: tuple[str, ...], start: bytes
) -> None:
    place = tmp_path / name
    place.write_text("old")
    result = kgctl(*GRAPH, *args, "-O", str(place))
    assert (result.exit_code, result.output) == (0, "")
    assert place.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [place]


@needs_graphviz
def test_a_picture_can_be_piped() -> None:
    assert kgctl(*GRAPH, "-o", "png").stdout_bytes.startswith(b"\x89PNG")


@pytest.mark.parametrize("output", ["png", "html"])
def test_a_picture_or_a_page_is_not_thrown_at_a_terminal(output: str) -> None:
    ours, theirs = pty.openpty()
    command = kgctl_program(*GRAPH, "-o", output)
    done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert done.stderr == (f"kgctl: refusing to write -o {output} to a terminal\nhint: use -O mesh.{output}\n")


def test_the_tree_has_boxes_only_where_they_can_be_shown(tmp_path: Path) -> None:
    place = tmp_path / "mesh.txt"
    script = (
        f"export PYTHONIOENCODING=ascii; kgctl {' '.join(GRAPH)} -o text && kgctl {' '.join(GRAPH)} -O {place}"
    )
    printed = shell(script).stdout
    assert b"\n|-- berlin " in printed
    assert printed.isascii()
    assert kgctl(*GRAPH, "-o", "text").stdout == place.read_text(encoding="utf-8")
    assert "\n├── berlin " in place.read_text(encoding="utf-8")


def test_json_has_the_nodes_the_edges_and_the_findings() -> None:
    odd = Cluster(
        [node("n", 1, persistent_keepalive="x"), node("o", 2, "b", wireguard_ip="10.4.0.2/16")], [peer("laptop")]
    )
    result = odd.kgctl("graph", "-o", "json")
    data = json.loads(result.stdout)
    assert [one["name"] for one in data["nodes"]] == ["n", "o"]
    assert [one["kind"] for one in data["edges"]] == ["tunnel", "peer", "peer"]
    assert {(one["code"], one["subject"]["name"]) for one in data["findings"]} == {
        ("K-VALUE", "n"),
        ("K-PEER-ROAM", "laptop"),
        ("K-PEER-UNSEEN", "laptop"),
    }
    assert "K-VALUE" in result.stderr


def test_a_mesh_of_one_node_has_no_edges() -> None:
    assert json.loads(Cluster([node("n", 1)]).kgctl("graph", "-o", "json").stdout)["edges"] == []


def test_the_page_has_all_nodes_and_the_findings() -> None:
    odd = Cluster([node("n", 1, persistent_keepalive="x"), node("lost", 2, key="")])
    page = odd.kgctl("graph", "-o", "html").stdout
    assert '"name":"lost","location":"a","ready":false,"notReady":["no key"]' in page
    assert '"code":"K-VALUE","severity":"warning","subject":{"kind":"node","name":"n"}' in page
    assert '"code":"K-NODE-NOKEY","severity":"error","subject":{"kind":"node","name":"lost"}' in page


def test_a_secret_is_in_no_format() -> None:
    cluster = Cluster([node("n", 1)], [peer("laptop", presharedKey=key("psk"))])
    for output in ("dot", "mermaid", "json", "text", "html"):
        result = cluster.kgctl("graph", "-o", output)
        assert (result.exit_code, key("psk") in result.stdout) == (0, False)


def test_a_flowchart_that_mermaid_would_refuse_shows_locations_instead() -> None:
    nodes = [node(f"n{n}", n % 250, pod_cidr=f"10.{100 + n // 250}.{n % 250}.0/24") for n in range(600)]
    result = Cluster(nodes).kgctl("graph", "-o", "mermaid", "--mesh-granularity", "full")
    assert result.stdout.startswith('flowchart LR\n  g0["a<br/>600 nodes"]')
    assert (
        "note: the flowchart shows locations, not nodes, because Mermaid draws at most 50,000 characters"
        in result.stderr
    )
    assert "kgctl graph -O mesh.html" in result.stderr


@pytest.mark.parametrize("output", ["mermaid", "json", "text", "html"])
def test_a_layout_is_for_graphviz_alone(output: str) -> None:
    result = kgctl(*GRAPH, "-o", output, "--layout", "circo")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"kgctl: --layout does not work with -o {output}\nhint: leave out --layout\n"


@needs_graphviz
def test_a_picture_names_the_file_and_can_be_dark() -> None:
    light = kgctl(*GRAPH, "-o", "svg").stdout
    dark = kgctl(*GRAPH, "-o", "svg", "--theme", "dark").stdout
    assert EXAMPLE.name in light.replace("&#45;", "-")
    assert str(EXAMPLE.parent) not in light
    assert ('fill="#ffffff"' in light, 'fill="#ffffff"' in dark) == (True, False)


@needs_graphviz
def test_less_detail_lists_the_nodes_below_their_leader() -> None:
    row = re.compile('<text [^>]*font-weight="bold"[^>]*>berlin(-|&#45;)2</text>')
    assert row.search(kgctl(*GRAPH, "-o", "svg").stdout)
    listed = kgctl(*GRAPH, "-o", "svg", "--detail", "location").stdout
    assert (row.search(listed), ">10.1.0.12<" in listed) == (None, True)


@needs_graphviz
def test_an_engine_that_is_chosen_draws_the_graph_of_the_text() -> None:
    assert "location:berlin" in kgctl(*GRAPH, "-o", "svg", "--layout", "dot").stdout


@pytest.mark.parametrize("args", [("-o", "dot"), ("-o", "html"), ("-o", "svg", "--layout", "dot")])
@pytest.mark.parametrize("option", [("--detail", "full"), ("--theme", "dark")])
def test_detail_and_theme_are_for_our_own_pictures(args: tuple[str, ...], option: tuple[str, ...]) -> None:
    result = kgctl(*GRAPH, *args, *option)
    assert (result.exit_code, result.stdout) == (2, "")
    what = (
        f"--layout and {option[0]} exclude each other"
        if "--layout" in args
        else f"{option[0]} does not work with "
    )
    assert result.stderr.startswith(f"kgctl: {what}")


def test_options_that_do_not_fit_the_format_are_named_together() -> None:
    result = kgctl(*GRAPH, "-o", "html", "--layout", "dot", "--detail", "full", "--theme", "dark")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "kgctl: --layout, --detail, and --theme do not work with -o html\n"
        "hint: leave out --layout, --detail, and --theme\n"
    )


def test_without_graphviz_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "mesh.svg"
    place.write_text("old")
    monkeypatch.setenv("PATH", "")
    result = kgctl(*GRAPH, "-O", str(place))
    assert (result.exit_code, result.stdout, place.read_text()) == (1, "", "old")
    assert "hint: install Graphviz" in result.stderr


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = kgctl(*GRAPH, "-O", str(tmp_path / "no" / "mesh.dot"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert f'folder "{tmp_path / "no"}" does not exist' in result.stderr


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_text(Cluster([node(f"n{n}", n % 250) for n in range(300)]).as_list())
    done = shell(f"kgctl --from-file {large} graph --mesh-granularity full | head -1")
    assert (done.stdout, done.stderr) == (b"digraph kilo {\n", b"")


@pytest.mark.parametrize(("option", "value"), [("-o", "gif"), ("--layout", "osage")])
def test_a_choice_that_does_not_exist_is_wrong_usage(option: str, value: str) -> None:
    result = kgctl(*GRAPH, option, value)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f'"{value}" is not one of' in result.stderr


def test_a_name_that_ends_with_another_format_is_not_written_to(tmp_path: Path) -> None:
    place = tmp_path / "mesh.jpg"
    result = kgctl(*GRAPH, "-O", str(place))
    assert (result.exit_code, result.stdout, place.exists()) == (2, "", False)
    assert result.stderr.startswith(
        f'kgctl: "{place}" does not have a known extension\nhint: use a name such as mesh.svg'
    )
