"""What is odd or wrong in a mesh, found purely; one file a subject."""

from kgctl_py.findings.finding import Code, Finding, Kind, Severity, Subject
from kgctl_py.findings.output import about_output
from kgctl_py.findings.topology import peers_named_like_nodes

__all__ = ["Code", "Finding", "Kind", "Severity", "Subject", "about_output", "peers_named_like_nodes"]
