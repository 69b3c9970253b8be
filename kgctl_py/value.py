"""Values: immutable, compared by their fields, copied with `replace`; msgspec is imported here.

A struct of msgspec is defined forty times and made ten times as fast as a dataclass, and a command that is
typed many times a day defines dozens of them before it does anything. Say `frozen=True` of each, `kw_only=True`
when its fields are to be named, and `dict=True` to cache in it.
"""

from msgspec import Struct as Value
from msgspec import field
from msgspec.structs import fields, replace

__all__ = ["Value", "field", "fields", "replace"]
