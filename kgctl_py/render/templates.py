"""The Jinja templates: of the wheel when installed, of the checkout when run from one."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from kgctl_py.render.visible import visible

if TYPE_CHECKING:
    import jinja2

_PACKAGE = Path(__file__).parents[1]


@functools.cache
def template(name: str) -> "jinja2.Template":
    """Give the template `name`; what it is given is printed as it is, for its formats are not HTML."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([_PACKAGE / "templates", _PACKAGE.parent / "templates"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )
    environment.filters["visible"] = visible
    return environment.get_template(name)
