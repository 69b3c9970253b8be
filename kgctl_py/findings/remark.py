"""What a use case remarks beside its result: findings have a code and a page in the docs, notices only words."""

from kgctl_py.findings.finding import Finding
from kgctl_py.notice import Notice

Remark = Finding | Notice
