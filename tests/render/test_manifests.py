"""The manifests are what Kubernetes takes: valid for its schemas, the same every time, and safely quoted."""

import itertools
import json
from collections.abc import Iterator

import kubernetes_validate
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.kilo.install.installation import Installation, Part, WireGuard
from kgctl_py.render.kilo_manifests import manifests, stream
from kgctl_py.render.templates import scalar
from kgctl_py.value import replace
from tests.kilo.installations import POSSIBLE, Manifest, documents, name

OLDEST = "1.25"
"""The oldest version whose schemas the checker has."""
VERSIONS = (OLDEST, kubernetes_validate.latest_version())

WITH_ALL = [
    replace(one, peer_validation=True, monitoring=True, cel=cel)
    for one, cel in itertools.product(POSSIBLE, (True, False))
]


def all_objects() -> Iterator[Manifest]:
    """Each object of each combination, once."""
    texts = {json.dumps(one): None for installation in WITH_ALL for one in documents(installation)}
    yield from (json.loads(text) for text in texts)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_of_every_combination_is_valid_for_the_schemas_of_kubernetes(version: str) -> None:
    checked = [_check(one, version) for one in all_objects() if one["kind"] != "PodMonitor"]  # not Kubernetes' own
    assert len(checked) > len(POSSIBLE)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_default_installation_is_valid_for_the_schemas_of_kubernetes(version: str) -> None:
    for one in documents(Installation()):
        _check(one, version)


def test_the_checker_of_schemas_refuses_what_kubernetes_does_not_know() -> None:
    (daemon_set,) = documents(Installation(), Part.DAEMONSET)
    daemon_set["spec"]["template"]["spec"]["hostNetworking"] = True
    with pytest.raises(kubernetes_validate.ValidationError):
        _check(daemon_set, OLDEST)


def _check(one: Manifest, version: str) -> str:
    checked: str = kubernetes_validate.validate(one, version, strict=True)
    return checked


@pytest.mark.parametrize("installation", POSSIBLE, ids=name)
def test_the_stream_is_that_of_its_parts_and_always_the_same(installation: Installation) -> None:
    parts = manifests(installation)
    assert tuple(parts) == (Part.CRDS, Part.RBAC, Part.DAEMONSET, Part.USERS)
    apart = [one for text in parts.values() for one in yaml.load_all(text, yaml.CSafeLoader)]
    assert list(yaml.load_all(stream(parts), yaml.CSafeLoader)) == apart
    assert None not in apart
    assert manifests(installation) == parts


def test_texts_have_no_empty_line_and_no_space_at_an_end() -> None:
    installation = Installation(wireguard=WireGuard.USERSPACE, peer_validation=True, monitoring=True)
    lines = stream(manifests(installation)).splitlines()
    assert [line for line in lines if line != line.rstrip() or not line] == []


def test_names_are_unique() -> None:
    for one in POSSIBLE:
        objects = documents(replace(one, peer_validation=True, monitoring=True))
        there = [(one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in objects]
        assert len(there) == len(set(there))


def test_the_parts_that_are_asked_for_are_given_in_the_order_in_which_they_are_applied() -> None:
    assert tuple(manifests(Installation(), (Part.USERS, Part.CRDS))) == (Part.CRDS, Part.USERS)
    with_all = Installation(peer_validation=True, monitoring=True)
    assert tuple(manifests(with_all)) == tuple(Part)
    assert tuple(manifests(Installation(peer_validation=True), (Part.RBAC,))) == (Part.RBAC, Part.PEER_VALIDATION)


def test_the_webhook_and_the_agent_may_share_a_namespace() -> None:
    shared = replace(POSSIBLE[-1], namespace="kilo", peer_validation=True)
    namespaces = [one for one in documents(shared) if one["kind"] == "Namespace"]
    assert len(namespaces) == 1
    assert namespaces[0]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"


@given(
    st.text(st.characters(codec="ascii"))
    | st.from_regex(r"[-a-z0-9:.#&*!|>%@`{}\[\], /=$()~]{1,12}", fullmatch=True)
)
def test_a_scalar_is_read_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(f"- {scalar(text)}\n") == [text]


@pytest.mark.parametrize(
    "text", ["true", "No", "1.5", "0x1F", "1e3", "2026-01-01", "~", "null", "a: b", "a #b", "-"]
)
def test_text_that_yaml_would_take_for_something_else_is_quoted(text: str) -> None:
    assert scalar(text) == json.dumps(text)
