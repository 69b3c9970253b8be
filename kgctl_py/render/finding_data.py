"""A finding as plain data, for JSON and YAML."""

from typing import Any

from kgctl_py.findings import Finding


def finding_data(finding: Finding, *, with_subject: bool = True) -> dict[str, Any]:
    """Return a finding as plain data, without its subject if the caller already has it."""
    subject = {"subject": {"kind": finding.subject.kind.value, "name": finding.subject.name}}
    return {
        "code": finding.code.value,
        "severity": finding.severity.level,
        **(subject if with_subject else {}),
        "field": finding.field,
        "message": finding.message,
        "hint": finding.advice,
        "command": finding.advised_command,
    }
