"""Render values as text, one file per format; these modules do not read clusters or write files."""

from typing import TYPE_CHECKING

from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.notice import Notice


class ConfigFile(Value, frozen=True):
    """A file of a format; if `is_secret`, only its owner can read it."""

    name: str
    content: str | bytes
    is_secret: bool = True


class Rendered(Value, frozen=True):
    """The files of a format, and remarks about unsupported settings and the next steps."""

    files: tuple[ConfigFile, ...]
    notices: "tuple[Notice, ...]" = ()
