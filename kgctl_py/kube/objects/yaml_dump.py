"""YAML that Kubernetes reads back unchanged: text that looks like a number or a Boolean is in quotes."""

import functools
from typing import Any

from kgctl_py.escape_text import is_visible
from kgctl_py.kube.objects.yaml_scalars import is_plain_string

_NEVER = 1 << 30


def dump_yaml(value: Any, *, sort_keys: bool = False) -> str:
    """Return YAML in block style, with each text on one line."""
    return _dump(value, sort_keys=sort_keys, default_flow_style=False, width=_NEVER)


def dump_line(value: Any) -> str:
    """Return a scalar, a mapping, or a list on one line, without the line end."""
    text = _dump([value], default_flow_style=True, width=_NEVER, sort_keys=False)
    return text.rstrip("\n").removeprefix("[").removesuffix("]")


def _dump(value: Any, **options: Any) -> str:
    """Return YAML, escaped if it has invisible characters.

    Invisible characters would reach the terminal, and PyYAML does not read back every line break that it writes.
    """
    import yaml

    text: str = yaml.dump(value, Dumper=_dumper(), allow_unicode=True, **options)
    return text if is_visible(text.replace("\n", "")) else str(yaml.dump(value, Dumper=_dumper(), **options))


@functools.cache
def _dumper() -> type[Any]:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes text that PyYAML reads as text, but Kubernetes does not, such as `y` and `1e3`."""

        def represent_str(self, data: str) -> Any:
            """Return the node of a text."""
            node = super().represent_str(data)
            if "\n" in data:
                node.style = '"'  # in other styles, the words after a line end start a line
            elif not is_plain_string(data):
                node.style = "'"
            return node

    Dumper.add_representer(str, Dumper.represent_str)
    return Dumper
