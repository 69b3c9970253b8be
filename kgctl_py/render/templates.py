"""The Jinja templates, from the wheel or the checkout."""

import functools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kgctl_py.escape_text import visible

if TYPE_CHECKING:
    import jinja2

_PACKAGE = Path(__file__).parents[1]
_PLAIN = re.compile(r"-?-?[a-z/$(][\w./$(),=:+-]*[\w)/]", re.IGNORECASE | re.ASCII)
_OTHER_THAN_TEXT = ("true", "false", "yes", "no", "on", "off", "null")
_FOLDERS = (_PACKAGE / "templates", _PACKAGE.parent / "templates")


@functools.cache
def template(name: str) -> "jinja2.Template":
    """Return the template `name`; its values are inserted unchanged, and must be safe in its format."""
    return _environment().get_template(name)


def source(name: str) -> str:
    """Return the content of the file `name` beside the templates."""
    return next(path for folder in _FOLDERS if (path := folder / name).exists()).read_text(encoding="utf-8")


@functools.cache
def _environment() -> "jinja2.Environment":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDERS),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )
    environment.filters["scalar"] = scalar
    environment.filters["visible"] = visible
    return environment


def scalar(text: str) -> str:
    """Return a YAML scalar for the ASCII `text`, in quotes unless it is clearly plain."""
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _OTHER_THAN_TEXT
    return text if is_plain else json.dumps(text)
