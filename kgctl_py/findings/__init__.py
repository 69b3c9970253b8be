"""What is odd or wrong in a mesh, found purely; one file a subject."""

from kgctl_py.findings.finding import Code, Finding, Severity
from kgctl_py.findings.output import about_output
from kgctl_py.findings.topology import peers_named_like_nodes

__all__ = ["Code", "Finding", "Severity", "about_output", "peers_named_like_nodes"]
