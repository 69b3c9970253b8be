"""`kgctl graph` in each of its formats, with remarks about the mesh."""

import enum
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, assert_never

from kgctl_py.findings import Finding
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice, note
from kgctl_py.render.graph.run_graphviz import Detail, Engine, Format, Theme, picture, placed_picture
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Waiting


class GraphFormat(enum.StrEnum):
    """The format of the graph: text for people or programs, a picture, or a page."""

    DOT = "dot"
    SVG = "svg"
    PNG = "png"
    PDF = "pdf"
    MERMAID = "mermaid"
    JSON = "json"
    TEXT = "text"
    HTML = "html"


class Graph(Value, frozen=True, kw_only=True):
    """The bytes or the parts of the text, and remarks about this format."""

    content: bytes | str | Iterable[str]
    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()


class GraphStyle(Value, frozen=True, kw_only=True):
    """The format and the style: an engine of Graphviz only if the user chose one; `source` is the title."""

    format: GraphFormat
    engine: Engine | None = None
    detail: Detail = Detail.AUTO
    theme: Theme = Theme.LIGHT
    source: str = ""
    encoding: str = "utf-8"


def mesh_graph(
    mesh: Mesh, topology: Topology, style: GraphStyle, *, granularity: Granularity | None, waiting: "Waiting"
) -> Graph:
    """Return the graph of a mesh; raise KgctlError if Graphviz cannot draw it.

    `granularity` is the user's choice, and `waiting` shows a text while a picture is drawn.
    """
    match style.format:
        case GraphFormat.DOT:
            return _dot(topology, style.engine)
        case GraphFormat.SVG | GraphFormat.PNG | GraphFormat.PDF:
            with waiting("drawing the picture"):
                return Graph(content=_picture(mesh, topology, style))
        case GraphFormat.MERMAID:
            return _mermaid(mesh, topology)
        case GraphFormat.JSON:
            return Graph(content=_json(_document(mesh, topology, granularity), topology))
        case GraphFormat.TEXT:
            from kgctl_py.render.graph.tree import takes_boxes, tree

            return Graph(content=tree(mesh, topology, boxes=takes_boxes(style.encoding)))
        case GraphFormat.HTML:
            from kgctl_py.render.graph.html_page import page

            return Graph(content=page(_document(mesh, topology, granularity), _cluster_name(style.source)))
        case _:
            assert_never(style.format)


def _dot(topology: Topology, engine: Engine | None) -> Graph:
    from kgctl_py.findings.rules.segments import peers_named_like_nodes
    from kgctl_py.render.graph.go_kgctl_dot import dot

    return Graph(content=dot(topology, engine or ""), findings=tuple(peers_named_like_nodes(topology)))


def _picture(mesh: Mesh, topology: Topology, style: GraphStyle) -> bytes:
    """Draw the picture of kgctl, or the graph of `-o dot` if the user chose an engine."""
    from kgctl_py.render.graph.go_kgctl_dot import dot
    from kgctl_py.render.graph.picture.drawing import DrawingStyle, drawing

    image = Format(style.format)
    if style.engine:
        return picture(dot(topology, apart=True), image, style.engine)
    drawn = drawing(
        mesh, topology, DrawingStyle(source=_cluster_name(style.source), detail=style.detail, theme=style.theme)
    )
    return placed_picture(drawn, image)


def _cluster_name(source: str) -> str:
    """Return the context, or the names of the files without their folders."""
    return ", ".join(part.rpartition("/")[2] or part for part in source.split(", "))


def _mermaid(mesh: Mesh, topology: Topology) -> Graph:
    from kgctl_py.render.graph import mermaid, mermaid_parts

    reasons = ((node.name, ", ".join(node.why_not_ready(mesh.now))) for node in mesh.nodes)
    not_ready = [(name, reason) for name, reason in reasons if reason]
    text = mermaid.mermaid(topology, not_ready)
    if mermaid_parts.is_drawn(text):
        return Graph(content=text)
    grouped = note(
        f"note: the flowchart shows locations, not nodes, because Mermaid draws at most "
        f"{mermaid_parts.MOST_CHARACTERS:,} characters and {mermaid_parts.MOST_EDGES} edges",
        hint="to create a web page with all nodes: kgctl graph -O mesh.html",
    )
    from kgctl_py.render.graph.mermaid_of_locations import mermaid_of_locations  # only for a large mesh

    return Graph(content=mermaid_of_locations(topology, not_ready), notices=(grouped,))


def _json(document: dict[str, Any], topology: Topology) -> Iterator[str]:
    from kgctl_py.render.graph.graph_document import graph_edges
    from kgctl_py.render.json_yaml import as_json_with_rows

    return as_json_with_rows(document, "edges", graph_edges(topology))


def _document(mesh: Mesh, topology: Topology, granularity: Granularity | None) -> dict[str, Any]:
    """Return the mesh as data, with all findings, not only those with a printed warning."""
    from kgctl_py.findings.all_findings import all_findings
    from kgctl_py.findings.cluster_facts import ClusterFacts
    from kgctl_py.render.graph.graph_document import graph_document

    findings = all_findings(mesh, topology, ClusterFacts(granularity=granularity))
    return graph_document(mesh, topology, findings)
