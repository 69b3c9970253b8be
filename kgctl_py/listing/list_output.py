"""The value of `kgctl get -o`: the name of a format, or a template."""

import enum
from typing import TYPE_CHECKING

from kgctl_py.errors import UsageError, not_one_of
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.objects.jsonpath_evaluate import Path
    from kgctl_py.kube.objects.jsonpath_template import Template


class ListFormat(enum.StrEnum):
    """The formats of a list."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"
    NAME = "name"
    JSONPATH = "jsonpath"
    CUSTOM_COLUMNS = "custom-columns"


class ListOutput(Value, frozen=True, kw_only=True):
    """A format, and the source of the template or of the custom columns, if any."""

    format: ListFormat
    template: "Template" = ()
    columns: "tuple[tuple[str, Path], ...]" = ()

    @property
    def is_table(self) -> bool:
        """Whether the output is a table with the columns of kgctl."""
        return self.format in (ListFormat.TABLE, ListFormat.WIDE)


_WITH_TEMPLATE = {
    ListFormat.JSONPATH: "-o jsonpath='{.items[*].metadata.name}'",
    ListFormat.CUSTOM_COLUMNS: "-o custom-columns=NAME:.metadata.name,KEY:.status.publicKey",
}
"""The formats that need a template, and an example of each."""
NAMES = (*(name.value for name in ListFormat if name not in _WITH_TEMPLATE), "jsonpath=", "custom-columns=")
_FORMS = (*NAMES[: -len(_WITH_TEMPLATE)], "jsonpath=TEMPLATE", "custom-columns=HEADING:PATH")


def parse_output(text: str) -> ListOutput:
    """Return the format `text`; raise ValueError if it is unknown, and UsageError for an invalid template."""
    name, equals, template = text.partition("=")
    if name not in list(ListFormat):
        raise ValueError(not_one_of(text, _FORMS))
    format_ = ListFormat(name)
    example = _WITH_TEMPLATE.get(format_)
    if example is None:
        if equals:
            raise ValueError(not_one_of(text, _FORMS))
        return ListOutput(format=format_)
    try:
        return _with_template(format_, template)
    except ValueError as error:
        raise UsageError(f'--output "{text}" {error}', hint=f"for example: {example}") from None


def _with_template(format_: ListFormat, template: str) -> ListOutput:
    from kgctl_py.kube.objects.jsonpath_template import parse_template  # most lists have no template

    if format_ is ListFormat.CUSTOM_COLUMNS:
        from kgctl_py.listing.custom_columns import parse_columns

        return ListOutput(format=format_, columns=parse_columns(template))
    return ListOutput(format=format_, template=parse_template(template))
