"""An event of a mesh in one line: text for people, or JSON for programs."""

from typing import Any

from kgctl_py import names
from kgctl_py.changes.events import Event
from kgctl_py.escape_text import shortened, visible
from kgctl_py.render.json_yaml import as_json_line, rfc3339
from kgctl_py.render.trace import place_data


def event_text(time: float, event: Event) -> str:
    """Return the time, the kind, and the text of an event."""
    return f"{rfc3339(int(time)) or '<unknown>'}  {event.kind:<21}  {visible(shortened(event.message))}"


def event_json(time: float, event: Event) -> str:
    """Return the event as JSON."""
    data: dict[str, Any] = {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": "Event",
        "time": rfc3339(int(time)),
        "event": event.kind.value,
        "place": place_data(event.place),
        "segment": event.segment or None,
        "old": event.old or None,
        "new": event.new or None,
        "message": event.message,
    }
    return as_json_line(data)
