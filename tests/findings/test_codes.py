"""Each kind of finding is found where it is, is not found where it nearly is, and is told by `check -o json`."""

from pathlib import Path

import pytest
from hypothesis import given

from kgctl_py.findings import Code
from kgctl_py.findings.all_findings import all_findings
from kgctl_py.findings.check_sections import LOCAL, SECTIONS
from kgctl_py.findings.findings_for_output import about_output
from kgctl_py.findings.report import Report, section_result
from kgctl_py.mesh.member_configurations import peer_conf
from tests.findings import file_cases, local_cases
from tests.findings.all_cases import OF_MESHES
from tests.findings.cases import HEALTHY, File, Served, codes
from tests.in_memory import Cluster
from tests.strategies import clusters


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_cluster_that_has_it_and_one_that_nearly_has_it(code: Code) -> None:
    case = OF_MESHES.get(code) or file_cases.CASES.get(code) or local_cases.CASES[code]
    assert case.triggers
    assert case.near_misses


@pytest.mark.parametrize("code", OF_MESHES)
def test_a_finding_is_found_where_it_is_and_not_where_it_nearly_is(code: Code, tmp_path: Path) -> None:
    for trigger in OF_MESHES[code].triggers:
        assert code in codes(trigger.check(tmp_path)), trigger
    for near_miss in OF_MESHES[code].near_misses:
        assert code not in codes(near_miss.check(tmp_path)), near_miss


@pytest.mark.parametrize("code", file_cases.CASES)
def test_what_only_files_have_is_found_where_it_is_and_not_where_it_nearly_is(code: Code) -> None:
    assert all(code in trigger.codes() for trigger in file_cases.CASES[code].triggers)
    assert not any(code in near_miss.codes() for near_miss in file_cases.CASES[code].near_misses)


@pytest.mark.parametrize("healthy", [File(HEALTHY), Served(HEALTHY)], ids=["file", "server"])
def test_a_mesh_without_problems_has_no_findings(healthy: File | Served, tmp_path: Path) -> None:
    told = healthy.check(tmp_path)
    assert (told["passed"], codes(told)) == (True, set())


def test_every_code_belongs_to_a_section() -> None:
    assert {code for section in SECTIONS for check in section.checks for code in check.codes} == set(Code) - set(
        file_cases.CASES
    )


@given(clusters())
def test_every_finding_of_a_mesh_is_reported_once_and_none_is_lost(cluster: Cluster) -> None:
    mesh = cluster.mesh()
    found = all_findings(mesh, cluster.topology())
    told = Report(
        tuple(section_result(section, found, {}) for section in SECTIONS if section is not LOCAL)
    ).findings
    assert sorted(map(str, told)) == sorted(map(str, found))
    assert [finding.message for finding in found if finding.message != finding.message.strip()] == []


@given(clusters())
def test_check_reports_every_warning_of_showconf(cluster: Cluster) -> None:
    mesh, topology = cluster.mesh(), cluster.topology()
    found = {(finding.code, finding.subject) for finding in all_findings(mesh, topology)}
    for peer in mesh.ready_peers:
        warned = about_output(
            mesh,
            topology,
            stated_granularity=False,
            resolved=False,
            peer=peer,
            conf=peer_conf(topology, peer.name),
        )
        assert {(finding.code, finding.subject) for finding in warned} <= found


@given(clusters())
def test_a_node_has_an_error_of_its_own_exactly_when_it_is_not_ready(cluster: Cluster) -> None:
    mesh = cluster.mesh()
    terms = {Code.NODE_NOKILO, Code.NODE_NOENDPOINT, Code.NODE_NOKEY, Code.NODE_NOCIDR, Code.NODE_UNSEEN}
    found = all_findings(mesh, None)
    told = {finding.subject.name for finding in found if finding.code in terms | {Code.NODE_STALE}}
    assert told == {node.name for node in mesh.nodes if node.why_not_ready(mesh.now)}
