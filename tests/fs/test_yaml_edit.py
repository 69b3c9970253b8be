"""A Peer's file that people keep is changed where it must be, and its comments, order and layout stay."""

from typing import Any

import pytest
import yaml

from kgctl_py.fs import yaml_edit

ALICE = """\
# Alice's laptop
---
# asked for in #42
apiVersion:   kilo.squat.ai/v1alpha1
kind: Peer
metadata:
    name: alice       # as in the directory
spec:
    allowedIPs:
        - "10.5.0.7/32"   # fixed
    publicKey: 'old'      # since May

    # she is behind NAT
    persistentKeepalive:    25
# the end
"""


def edited(text: str, wanted: dict[str, Any]) -> str:
    return yaml_edit.changed(text, lambda data: yaml_edit.make_equal(data, wanted))


def alice(**spec: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = yaml.safe_load(ALICE)
    wanted["spec"] = {key: value for key, value in (wanted["spec"] | spec).items() if value is not None}
    return wanted


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_value_is_one_line(end: str) -> None:
    text = ALICE.replace("\n", end)
    changed = edited(text, alice(publicKey="new="))
    [(old, new)] = [pair for pair in zip(text.split(end), changed.split(end), strict=True) if pair[0] != pair[1]]
    assert (old.split(), new.split()) == (
        ["publicKey:", "'old'", "#", "since", "May"],
        ["publicKey:", "'new='", "#", "since", "May"],
    )
    assert yaml.safe_load(changed) == alice(publicKey="new=")
    assert edited(text, alice()) == text


@pytest.mark.parametrize(
    "spec",
    [
        {"presharedKey": "psk"},
        {"persistentKeepalive": None},
        {"allowedIPs": ["10.5.0.8/32", "fd00::8/128"]},
        {"endpoint": {"dnsOrIP": {"ip": "203.0.113.7"}, "port": 51820}},
        {"publicKey": "a: b # c"},
        {"publicKey": "on"},
    ],
)
def test_whatever_changes_is_read_back_and_the_other_comments_stay(spec: dict[str, Any]) -> None:
    changed = edited(ALICE, alice(**spec))
    assert yaml.safe_load(changed) == alice(**spec)
    for comment in (
        "# Alice's laptop\n---\n# asked for in #42\n",
        "alice       # as in the directory\n",
        "# the end\n",
    ):
        assert comment in changed
    assert changed.index("publicKey:") < changed.index("# the end")


def test_what_is_new_is_indented_as_the_rest() -> None:
    assert "\n    presharedKey: psk\n" in edited(ALICE, alice(presharedKey="psk"))


@pytest.mark.parametrize("text", ["- a\n", "a\n", ""])
def test_what_is_no_mapping_is_not_changed(text: str) -> None:
    with pytest.raises(ValueError, match="is no mapping"):
        edited(text, {})
