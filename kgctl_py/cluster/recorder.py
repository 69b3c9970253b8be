"""Objects that are asked for, remembered: what was given, and what was refused."""

from collections.abc import Mapping

from kgctl_py.kube.objects.decoding import Refused
from kgctl_py.kube.objects.kinds import Kind, Object, T
from kgctl_py.kube.objects.reader import NO_LABELS, Objects, Origin, UnreadableError


class Recorder:
    """Gives what another source of objects gives, and keeps it to answer the same questions again."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.found: dict[tuple[str, str], dict[str, Object]] = {}
        """Every object that was given, by its place, of each kind and API version that was asked for."""
        self.refused: dict[Refused, None] = {}

    def of(
        self,
        kind: Kind[T],
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",
    ) -> tuple[T, ...]:
        """Ask the other source."""
        try:
            objects = self._objects.of(kind, namespace=namespace, name=name, labels=labels, fields=fields)
        except UnreadableError as error:
            question = Refused(
                kind=kind.name, namespace=namespace, name=name, labels=tuple(labels.items()), why=error.message
            )
            self.refused[question] = None
            raise
        held = self.found.setdefault((kind.name, kind.api_version), {})
        held |= {one.place: one for one in objects}
        return objects

    def origin(self) -> Origin:
        """Tell which cluster it is."""
        return self._objects.origin()
