"""A finding about a place in a file."""

from kgctl_py.findings import Finding, Kind
from kgctl_py.kube.objects.yaml_places import Region
from kgctl_py.value import Value


class FileFinding(Value, frozen=True, kw_only=True):
    """A finding of `lint`, and its place in a file."""

    file: str
    region: Region
    finding: Finding

    @property
    def sentence(self) -> str:
        """The subject and the message; a finding about the whole file has its name in its place."""
        finding = self.finding
        return finding.message if finding.subject.kind is Kind.FILE else f"{finding.subject}: {finding.message}"
