"""WireGuard configurations as text, a module a format, and the files that a format makes."""

from kgctl_py.notice import Notice
from kgctl_py.value import Value


class ConfigFile(Value, frozen=True):
    """A file, whose name belongs to the format; one that `is_secret` is for its owner alone."""

    name: str
    content: str | bytes
    is_secret: bool = True


class Rendered(Value, frozen=True):
    """The files of a format, and what it cannot hold or the user has to do."""

    files: tuple[ConfigFile, ...]
    notices: tuple[Notice, ...] = ()
