"""Findings: everything that can be wrong in a mesh, computed without I/O."""

from kgctl_py.findings.catalog import Code, Severity
from kgctl_py.findings.finding import Finding, Kind, Remark, Subject

__all__ = ["Code", "Finding", "Kind", "Remark", "Severity", "Subject"]
