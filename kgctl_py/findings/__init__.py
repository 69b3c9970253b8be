"""What is odd or wrong in a mesh, found purely; one file a subject."""

from kgctl_py.findings.code import Code, Severity
from kgctl_py.findings.finding import Finding, Kind, Subject

__all__ = ["Code", "Finding", "Kind", "Severity", "Subject"]
