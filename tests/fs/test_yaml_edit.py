"""A Peer's file that people keep is changed where it must be, and its comments, order and layout stay."""

import difflib
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.fs import yaml_edit
from kgctl_py.kube.objects.yaml_text import load_all

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
    return yaml_edit.made_equal(text, wanted)


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
def test_any_change_is_read_back_and_other_comments_stay(spec: dict[str, Any]) -> None:
    changed = edited(ALICE, alice(**spec))
    assert load_all(changed.encode()) == [alice(**spec)]
    for comment in (
        "# Alice's laptop\n---\n# asked for in #42\n",
        "alice       # as in the directory\n",
        "# the end\n",
    ):
        assert comment in changed
    assert changed.index("publicKey:") < changed.index("# the end")


def test_new_lines_are_indented_like_the_others() -> None:
    assert "\n    presharedKey: psk\n" in edited(ALICE, alice(presharedKey="psk"))


@pytest.mark.parametrize("text", ["- a\n", "a\n", ""])
def test_a_document_that_is_not_a_mapping_is_not_changed(text: str) -> None:
    with pytest.raises(ValueError, match="is not a mapping"):
        edited(text, {"a": 1})


LAYOUTS = {
    "a flow mapping above": (
        "metadata: {name: a}\nspec:\n  allowedIPs: [10.5.0.1/32]\n  persistentKeepalive: 25\n"
    ),
    "an anchored mapping": (
        "metadata: &m\n  name: a\nspec: &s\n  allowedIPs: [10.5.0.1/32]\n  persistentKeepalive: 25\n"
    ),
    "all in one line": "{metadata: {name: a}, spec: {allowedIPs: [10.5.0.1/32], persistentKeepalive: 25}}\n",
    "mixed indentation": (
        "metadata:\n      name:   a\nspec:\n  allowedIPs:\n  -   10.5.0.1/32   # fixed\n\n  # behind NAT\n"
        "  persistentKeepalive:    25   # s\n"
    ),
    "JSON": (
        '{\n\t"metadata": {"name": "a"},\n'
        '\t"spec": {"allowedIPs": ["10.5.0.1/32"], "persistentKeepalive": 25}\n}\n'
    ),
    "comments everywhere": (
        "# top\n---\n# head\nmetadata: # m\n  name: a # n\n# between\nspec: # s\n  # above the list\n"
        "  allowedIPs: # l\n  # first\n  - 10.5.0.1/32 # one\n  # last\n  persistentKeepalive: 25 # k\n# end\n"
    ),
    "separators around it": "---\n---\nspec: {allowedIPs: [10.5.0.1/32], persistentKeepalive: 25}\n---\n# end\n",
    "a byte order mark": "\ufeff# top\nspec:\n  allowedIPs: [10.5.0.1/32]\n  persistentKeepalive: 25\n",
    "no line end at the end": (
        "metadata:\n  name: a\nspec:\n  allowedIPs:\n    - 10.5.0.1/32\n  persistentKeepalive: 25"
    ),
    "words that Kubernetes reads": (
        "metadata:\n  name: a\n  annotations: {since: 2024-01-01, at: 1:30}\n"
        "spec:\n  allowedIPs: ['10.5.0.1/32']\n  persistentKeepalive: 0o31\n"
    ),
}


def lines_changed(old: str, new: str) -> tuple[list[str], list[str]]:
    diff = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    return [line[2:] for line in diff if line[0] == "-"], [line[2:] for line in diff if line[0] == "+"]


def value_of(text: str) -> dict[str, Any]:
    [value] = load_all(text.encode())
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_changed_value_is_the_only_thing_that_changes(layout: str, end: str) -> None:
    text = LAYOUTS[layout].replace("\n", end)
    wanted = value_of(text)
    wanted["spec"]["persistentKeepalive"] = 30
    new = edited(text, wanted)
    assert value_of(new) == wanted
    assert new == re.sub("25|0o31", "30", text)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "change",
    [
        {"presharedKey": "on"},
        {"endpoint": {"dnsOrIP": {"ip": "203.0.113.7"}, "port": 51820}},
        {"allowedIPs": ["10.5.0.1/32", "fd00::1/128"]},
        {"allowedIPs": ["10.5.0.0/32", "10.5.0.1/32"]},
        {"persistentKeepalive": None},
        {"publicKey": "y", "persistentKeepalive": 0},
    ],
)
def test_any_change_keeps_the_layout_and_every_comment(layout: str, change: dict[str, Any]) -> None:
    text = LAYOUTS[layout]
    wanted = value_of(text)
    spec = wanted["spec"] | change
    wanted["spec"] = {key: value for key, value in spec.items() if value is not None}
    new = edited(text, wanted)
    assert value_of(new) == wanted
    gone, come = lines_changed(text, new)
    assert len(gone) <= (3 if "{" in text else 2), new
    comments = [comment for comment in re.findall("#.*", text) if "# k" not in comment and "# s" not in comment]
    assert [comment for comment in comments if comment not in new] == []
    assert len(come) <= 6


def test_a_value_that_an_alias_stands_for_is_not_changed_elsewhere() -> None:
    text = "metadata: {name: a}\nx: &x 25\nspec:\n  persistentKeepalive: *x\n"
    wanted = value_of(text)
    wanted["spec"]["persistentKeepalive"] = 30
    assert value_of(edited(text, wanted)) == wanted


@given(st.dictionaries(st.sampled_from("abc"), st.text(max_size=6) | st.integers(-9, 99), max_size=3))
def test_any_text_is_read_back(spec: dict[str, Any]) -> None:
    text = "metadata:\n  name: a\nspec:\n  a: 1   # one\n  d: 'x'\n"
    wanted = {**value_of(text), "spec": {**spec, "d": "x"}}
    new = edited(text, wanted)
    assert value_of(new) == wanted
    assert "d: 'x'" in new
