"""The hints about a cluster that cannot be read, followed where a test can."""

import copy
import http
import time
import urllib.error
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from kgctl_py import names
from kgctl_py.findings import Code
from kgctl_py.kilo import resources
from tests.api import crd
from tests.findings.cases import HEALTHY, Case
from tests.hints.cases import NOT_RUN
from tests.hints.healing import BY_COMMAND, IN_WORDS, Row, User, check_words, findings_in, row
from tests.hints.live_mesh import put
from tests.in_memory import Raw, peer

_RULE = "ask for this RBAC rule: "
_PATIENCE = 30


def cluster_rows(user: User, cases: Mapping[Code, Case]) -> Iterator[Row]:
    """Yield a row for each hint of a cluster that cannot be read, or not as it should."""
    assert put(user.server, HEALTHY)
    yield from _rbac(user)
    yield _crd(user)
    yield _crd_scope(user)
    for code in (Code.API, Code.CLOCK):
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


def _crd_scope(user: User) -> Row:
    """Replace a definition with the wrong scope by Kilo's own, and keep the Peers in a file."""
    definition = copy.deepcopy(crd.PEER_CRD)
    definition["spec"]["scope"] = "Namespaced"
    user.server.request("DELETE", f"{crd.CRDS}/{names.PEERS_RESOURCE}")
    user.server.wait_for_peers(served=False)
    user.server.create(crd.CRDS, definition)
    user.server.wait_for_peers()
    _wait(lambda: _is_created(user, peer("p", persistentKeepalive=25)))
    _wait(lambda: Code.CRD_SCOPE in {one["code"] for one in user.check()})
    finding = next(one for one in user.check() if one["code"] == Code.CRD_SCOPE)
    check_words(finding)
    user.run(f"kubectl get {names.PEERS_RESOURCE} -A -o yaml > {user.folder}/saved.yaml", is_typed=True)
    user.run(f"kubectl delete crd {names.PEERS_RESOURCE}", is_typed=True)
    user.server.wait_for_peers(served=False)
    user.run("kgctl manifests --part crds --no-cel | kubectl apply -f -", is_typed=True)
    user.server.wait_for_peers()
    apply = f"kgctl peer apply -f {user.folder}/saved.yaml"  # the server serves a new definition a little later
    user.run(f"for _ in $(seq {_PATIENCE}); do {apply} && exit; sleep 1; done; exit 1", is_typed=True)
    _wait(lambda: Code.CRD_SCOPE not in {one["code"] for one in user.check()})
    assert [raw["metadata"]["name"] for raw in user.server.request("GET", resources.PEERS_PATH)["items"]] == ["p"]
    return row(user, Code.CRD_SCOPE, finding, IN_WORDS)


def _is_created(user: User, raw: Raw) -> bool:
    """Create a Peer in a namespace, and return whether the server serves them already."""
    try:
        user.server.create("/apis/kilo.squat.ai/v1alpha1/namespaces/default/peers", raw)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.NOT_FOUND:
            raise
        return False
    return True


def _wait(holds: Any) -> None:
    """Wait until the server uses a new rule or definition, which it reads from its own caches."""
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)
