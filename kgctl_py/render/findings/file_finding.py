"""A finding about a place in a file."""

from kgctl_py.findings import Finding
from kgctl_py.kube.objects.yaml_places import Region
from kgctl_py.value import Value


class FileFinding(Value, frozen=True, kw_only=True):
    """A finding of `lint`, and its place in a file."""

    file: str
    region: Region
    finding: Finding

    @property
    def sentence(self) -> str:
        """The subject and the message."""
        return f"{self.finding.subject}: {self.finding.message}"
