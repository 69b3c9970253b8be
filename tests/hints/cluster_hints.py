"""The hints about a cluster that cannot be read, followed where a test can."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from kgctl_py import names
from kgctl_py.findings import Code
from tests.api import crd
from tests.findings.cases import HEALTHY, Case
from tests.hints.cases import NOT_RUN
from tests.hints.healing import BY_COMMAND, IN_WORDS, Row, User, check_words, findings_in, row
from tests.hints.live_mesh import put

_RULE = "ask for this RBAC rule: "
_PATIENCE = 30


def cluster_rows(user: User, cases: Mapping[Code, Case]) -> Iterator[Row]:
    """Yield a row for each hint of a cluster that cannot be read, or not as it should."""
    assert put(user.server, HEALTHY)
    yield from _rbac(user)
    yield _crd(user)
    for code in (Code.API, Code.CRD_SCOPE, Code.CLOCK):
        report = cases[code].triggers[0].check(user.folder)
        finding = next(one for one in findings_in(report) if one["code"] == code)
        check_words(finding)
        yield Row(code, finding["hint"].replace(str(user.folder), "~/.kube"), NOT_RUN[code])


def _rbac(user: User) -> Iterator[Row]:
    """Let the administrator give a user each rule that is asked for."""
    findings = user.check(user="guest")
    assert [one["code"] for one in findings] == [Code.RBAC, Code.RBAC]
    asked = [one["hint"].removeprefix(_RULE) for one in findings]
    user.server.allow("guest", *map(yaml.safe_load, asked))
    _wait(lambda: not user.check(user="guest"))
    yield from (Row(Code.RBAC, one["hint"], IN_WORDS) for one in findings)


def _crd(user: User) -> Row:
    user.server.request("DELETE", f"{crd.CRDS}/{names.PEERS_RESOURCE}")
    user.server.wait_for_peers(served=False)
    (finding,) = user.check()
    assert finding["code"] == Code.CRD
    check_words(finding)
    user.run(finding["command"])
    user.server.wait_for_peers()
    assert Code.CRD not in {one["code"] for one in user.check()}
    return row(user, Code.CRD, finding, BY_COMMAND)


def _wait(holds: Any) -> None:
    """Wait until the authorizer, which reads rules from its own cache, knows a new one."""
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)
