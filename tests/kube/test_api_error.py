"""Error responses of an API server as messages."""

import json
import tracemalloc

import pytest

from kgctl_py.kube.api_error import api_error

POLICY = (
    'peers.kilo.squat.ai "x" is forbidden: '
    "ValidatingAdmissionPolicy 'own' with binding 'own-users' denied request: not yours"
)
WEBHOOK = 'admission webhook "peers.kilo.svc" denied the request: not yours'


@pytest.mark.parametrize("status", [403, 422])
@pytest.mark.parametrize(
    ("words", "by"), [(POLICY, 'policy "own"'), (WEBHOOK, 'webhook "peers.kilo.svc"')], ids=["policy", "webhook"]
)
def test_what_admission_control_refuses_needs_no_other_rbac_rule(words: str, by: str, status: int) -> None:
    body = json.dumps({"kind": "Status", "message": words, "code": status}).encode()
    path = "/apis/kilo.squat.ai/v1alpha1/peers"
    error = api_error(method="POST", path=path, server="https://x", status=status, body=body)
    assert (error.message, error.hint) == (
        f"the admission {by} of the cluster does not allow this change: not yours",
        "",
    )
    assert (error.status, error.refused) == (status, True)


def test_a_large_page_of_another_server_needs_little_memory() -> None:
    body = b"no " * 2**22
    tracemalloc.start()
    try:
        error = api_error(method="GET", path="/", server="https://x", status=502, body=body)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert '502 Bad Gateway: "no no ' in error.message
    assert most < 2 * len(body)
