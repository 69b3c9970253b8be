"""What is told of this machine's tunnel, from plain values; tests/tunnel/ has real ones."""

import json

import pytest

from kgctl_py.findings import Code
from kgctl_py.findings.check_sections import LOCAL
from kgctl_py.findings.report import Report, section_result
from kgctl_py.findings.rules.this_machine import Local, about_local
from kgctl_py.render.findings.report_data import report_data
from kgctl_py.render.json_yaml import as_json
from tests.findings.cases import codes
from tests.findings.local_cases import CASES, MESH, WELL
from tests.in_memory import Cluster, Raw, peer


def told(local: Local) -> set[str]:
    found = about_local(local, MESH.mesh(), MESH.topology())
    report = Report((section_result(LOCAL, found, {}),))
    assert report.findings == found or set(report.findings) == set(found)
    return codes(json.loads(as_json(report_data(report, strict=False))))


@pytest.mark.parametrize("code", CASES)
def test_a_finding_is_found_where_it_is_and_not_where_it_nearly_is(code: Code) -> None:
    for trigger in CASES[code].triggers:
        assert code in told(trigger), trigger
    for near_miss in CASES[code].near_misses:
        assert code not in told(near_miss), near_miss


def test_a_tunnel_that_is_as_it_should_be_has_no_findings() -> None:
    assert told(WELL) == set()


def test_without_a_cluster_the_interface_is_still_checked() -> None:
    found = about_local(CASES[Code.LOCAL_DOWN].triggers[0], None, None)
    assert [finding.code for finding in found] == [Code.LOCAL_DOWN]


def test_the_hint_for_a_key_says_what_to_do_about_a_missing_peer_and_about_a_skipped_peer() -> None:
    def advice(member: Raw) -> str:
        cluster = Cluster(MESH.nodes, [member])
        found = about_local(WELL, cluster.mesh(), cluster.topology())
        return next(finding.advice for finding in found if finding.code is Code.LOCAL_KEY)

    assert advice(peer("x")).endswith("if this machine has no Peer, create one")
    skipped = advice(peer("p", allowedIPs=[]))
    assert skipped == "to see what is wrong with the Peer: kgctl check --section peers --verbose"
