"""What is odd or wrong in a mesh, found purely; one file a subject."""

from kgctl_py.findings.code import Code, Severity
from kgctl_py.findings.everything import about_peers, by_subject, everything, worst
from kgctl_py.findings.facts import Facts, KgPod, Told
from kgctl_py.findings.finding import Finding, Kind, Subject
from kgctl_py.findings.output import about_output
from kgctl_py.findings.segments import peers_named_like_nodes

__all__ = [
    "Code",
    "Facts",
    "Finding",
    "KgPod",
    "Kind",
    "Severity",
    "Subject",
    "Told",
    "about_output",
    "about_peers",
    "by_subject",
    "everything",
    "peers_named_like_nodes",
    "worst",
]
