"""The mesh as one HTML page with its own script and style; it loads nothing."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kgctl_py.findings import Code
from kgctl_py.findings.codes_and_fixes import plain
from kgctl_py.render.graph.colours import colours
from kgctl_py.render.templates import source, template

_OBJECTS = ("nodes", "peers", "segments")
_SCRIPTS = ("model", "cards", "layout", "details", "what_if", "main")


def page(document: Mapping[str, Any], cluster: str = "") -> str:
    """Return the page of a graph document; its policy allows only its own script and style, and no requests."""
    style = source("graph/page.css")
    script = "\n".join(source(f"graph/{name}.js") for name in _SCRIPTS)
    palette = colours(node["location"] for node in document["nodes"])
    codes = {found["code"] for found in document["findings"]}
    meanings = {code.value: plain(code.meaning) for code in Code if code.value in codes}
    shades = {name: {"light": colour.strong, "dark": colour.dark} for name, colour in palette.items()}
    return template("graph/page.html.j2").render(
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        data=_embedded({"graph": _lean(document), "colours": shades, "meanings": meanings, "source": cluster}),
    )


def _lean(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document without unknown values, empty lists, and `behindNAT` where it is false.

    They are an eighth of a large page.
    """
    objects = {
        kind: [{name: value for name, value in one.items() if _is_told(name, value)} for one in found]
        for kind, found in document.items()
        if kind in _OBJECTS
    }
    return {**document, **objects}


def _is_told(name: str, value: object) -> bool:
    return value is not None and value != [] and not (name == "behindNAT" and value is False)


def _embedded(data: Mapping[str, Any]) -> str:
    r"""Return JSON in ASCII without `<`, `>`, and `&`, so that no HTML parser finds a tag or a comment."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(text: str) -> str:
    """Return the hash of a text for the Content Security Policy (CSP Level 3, "hash-source")."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
