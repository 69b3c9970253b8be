"""A kustomization that people keep: a resource comes and goes, and nothing else of it changes."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.cluster.git import kustomization

NEW = "peers/new.yaml"

_names = st.sampled_from("abcdefgh").map("{}.yaml".format)
_words = st.sampled_from(("the team's", "- x.yaml", "resources:", 'a "b"', "é: 1", "---", "#", "{"))
_comments = st.lists(_words.map("# {}\n".format) | st.just("\n"), max_size=2).map("".join)
_ends = st.just("") | _words.map("   # {}".format)
_quotes = st.sampled_from(("{}", '"{}"', "'{}'", "./{}"))
_others = st.sampled_from(
    (
        "namespace: kube-system\n",
        "images:\n- name: squat/kilo\n  newTag: 0.7.0   # pinned\n",
        "labels:\n    - pairs: {team: net}\n      includeSelectors:   false\n",
        "patches:\n- patch: |\n    - op: replace\n      # not a comment\n      path: /spec\n",
    )
)


@st.composite
def _blocks(draw: st.DrawFn) -> str:
    """Resources as a block: any indentation, quotes, and comments above, behind and between."""
    indent, dash = " " * draw(st.sampled_from((0, 2, 4))), "-" + " " * draw(st.integers(1, 3))
    items = draw(st.lists(_names, min_size=1, max_size=4, unique=True))
    lines = [
        draw(_comments).replace("#", indent + "#")
        + indent
        + dash
        + draw(_quotes).format(item)
        + draw(_ends)
        + "\n"
        for item in items
    ]
    return f"resources:{draw(_ends)}\n{''.join(lines)}"


_flows = st.lists(_names, max_size=3, unique=True).map(lambda items: f"resources: [{', '.join(items)}]\n")


@st.composite
def kustomizations(draw: st.DrawFn, resources: st.SearchStrategy[str]) -> str:
    fields = draw(st.permutations([draw(resources), *draw(st.lists(_others, max_size=3, unique=True))]))
    head = draw(st.sampled_from(("", "---\n", "# top\n---\n", "---   # top\n")))
    return draw(_comments) + head + "".join(draw(_comments) + field for field in fields) + draw(_comments)


def lines_of(text: str) -> list[str]:
    return text.split("\n")


def one_line_more(longer: str, shorter: str) -> str:
    """Return the one line that `longer` has and `shorter` has not; all others are the same, in the same order."""
    more, fewer = lines_of(longer), lines_of(shorter)
    place = next((place for place, line in enumerate(fewer) if line != more[place]), len(fewer) - 1)
    assert more[:place] + more[place + 1 :] == fewer
    return more[place]


@given(kustomizations(_blocks()), st.sampled_from(("\n", "\r\n")))
def test_adding_a_resource_adds_a_line_and_removing_it_restores_the_text(text: str, end: str) -> None:
    text = text.replace("\n", end)
    more = kustomization.with_resource(text, NEW)
    assert one_line_more(more, text).strip(" -\r") == NEW
    assert kustomization.resources(more) == (*kustomization.resources(text), NEW)
    assert kustomization.without_resource(more, f"./{NEW}") == text


@given(kustomizations(_blocks()), st.data())
def test_any_resource_goes_with_its_line_alone(text: str, data: st.DataObject) -> None:
    listed = kustomization.resources(text)
    gone = data.draw(st.sampled_from(listed))
    left = kustomization.without_resource(text, gone)
    assert kustomization.resources(left) == tuple(one for one in listed if one != gone)
    if len(listed) > 1:
        assert gone in one_line_more(text, left)


@given(kustomizations(_flows))
def test_a_list_in_brackets_is_changed_too_and_the_comments_stay_in_their_order(text: str) -> None:
    more = kustomization.with_resource(text, NEW)
    before, after = yaml.safe_load(text), yaml.safe_load(more)
    assert after == {**before, "resources": [*before["resources"], NEW]}
    assert list(after) == list(before)
    assert comments(more) == comments(text)
    less = kustomization.without_resource(more, NEW)
    assert {**yaml.safe_load(less), "resources": list(kustomization.resources(less))} == before
    assert comments(less) == comments(text)


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("namespace: a # why\n", f"namespace: a # why\nresources:\n- {NEW}\n"),
        ("resources: # none yet\nnamespace: a\n", f"resources: # none yet\n- {NEW}\nnamespace: a\n"),
        ("resources: []\n", f"resources:\n- {NEW}\n"),
        ("resources:\n  - a.yaml", f"resources:\n  - a.yaml\n  - {NEW}\n"),
        ("resources:\n- >-\n  a.yaml\n", f"resources:\n- >-\n  a.yaml\n- {NEW}\n"),
        ('{"resources": ["a.yaml"]}\n', f'{{"resources": ["a.yaml", {NEW}]}}\n'),
    ],
)
def test_a_resource_is_added_where_there_was_none_or_an_odd_one(text: str, more: str) -> None:
    assert kustomization.with_resource(text, NEW) == more
    assert kustomization.resources(kustomization.without_resource(more, NEW)) == kustomization.resources(text)


def test_a_resource_that_is_not_listed_cannot_be_removed() -> None:
    text = "resources:\n-   a.yaml\n"
    assert kustomization.without_resource(text, "b.yaml") == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("- a.yaml\n", "is not a mapping"),
        ("resources: a.yaml\n", "has resources that are not a list of paths"),
        ("resources: [{a: b}]\n", "has resources that are not a list of paths"),
        ("a: 1\n---\nb: 2\n", "is more than one document"),
        ("resources: [", "is not YAML: line "),
        ("a: \x00\n", "is not YAML: "),
        ("a: *b\n", "undefined alias"),
        ("[" * 6000, "is not YAML: it is nested too deeply"),
    ],
)
def test_an_invalid_kustomization_is_refused_with_the_reason(text: str, words: str) -> None:
    for asked in (kustomization.resources, lambda text: kustomization.with_resource(text, NEW)):
        with pytest.raises(ValueError, match=re.escape(words)):
            asked(text)


def test_a_key_that_is_there_twice_is_not_changed() -> None:
    with pytest.raises(ValueError, match='line 2: "a" exists twice'):
        kustomization.with_resource("a: 1\na: 2\n", NEW)


def test_a_field_that_gives_other_names_is_found() -> None:
    assert kustomization.listing("nameSuffix: -x\n").renaming == "nameSuffix"
    assert kustomization.listing("namePrefix: ''\nresources: []\n").renaming == ""


FLUX = (
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: vpn}\nspec: {path: ./vpn}\n"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FLUX, "is a Kustomization of kustomize.toolkit.fluxcd.io"),
        ("apiVersion: v1\nkind: ConfigMap\n", "is a ConfigMap of v1"),
        ("kind: Peer\n", "is a Peer, not a kustomization"),
        ("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nresources: []\n", "is a HelmRelease of helm"),
        ("apiVersion: kustomize.config.k8s.io/v1\nresources: []\n", "only reads kustomize.config.k8s.io/v1beta1"),
        (
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Component\n",
            "only reads kustomize.config.k8s.io/v1a",
        ),
        ("patches: {path: a.yaml}\n", "has patches that are not a list"),
        ("resources: []\ngenerators: a.yaml\n", "has generators that are not a list"),
    ],
)
def test_an_object_of_others_is_no_kustomization(text: str, words: str) -> None:
    for asked in (
        kustomization.resources,
        kustomization.listing,
        lambda text: kustomization.with_resource(text, NEW),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            asked(text)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
        "kind: Kustomization\n",
        "apiVersion: kustomize.config.k8s.io/v1beta1\n",
    ],
)
def test_a_kustomization_needs_no_head(head: str) -> None:
    assert kustomization.resources(f"{head}resources: [a.yaml]\n") == ("a.yaml",)


OF_PEER = "apiVersion: kilo.squat.ai/v1alpha1\nkind: Peer\nmetadata: {name: a}\nspec: {persistentKeepalive: 5}\n"
OF_NODE = OF_PEER.replace("kind: Peer", "kind: DaemonSet")


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"patches": [{"target": {"kind": "Peer"}, "path": "p.yaml"}]}, ("patches",)),
        ({"patches": [{"target": {"name": "a"}, "patch": "[]"}]}, ("patches",)),
        ({"patches": [{"target": {"kind": "P.*"}, "patch": "[]"}]}, ("patches",)),
        ({"patches": [{"target": {"kind": "["}, "patch": "[]"}]}, ("patches",)),
        ({"patches": [{"target": {"kind": "DaemonSet"}, "patch": "[]"}]}, ()),
        ({"patches": [{"target": {"group": "apps"}, "patch": "[]"}]}, ()),
        ({"patches": [{"patch": OF_PEER}, {"patch": OF_NODE}]}, ("patches",)),
        ({"patches": [{"patch": OF_NODE}]}, ()),
        ({"patches": [{"path": "peer.yaml"}]}, ("patches",)),
        ({"patches": [{"path": "node.yaml"}]}, ()),
        ({"patches": [{"path": "broken.yaml"}]}, ("patches",)),
        ({"patchesStrategicMerge": ["peer.yaml"]}, ("patchesStrategicMerge",)),
        ({"patchesStrategicMerge": [OF_NODE, f"{OF_NODE}---\n{OF_PEER}"]}, ("patchesStrategicMerge",)),
        ({"patchesStrategicMerge": ["node.yaml", OF_NODE]}, ()),
        ({"patchesJson6902": [{"target": {"kind": "Peer", "name": "a"}, "path": "x"}]}, ("patchesJson6902",)),
        ({"patchesJson6902": [{"target": {"kind": "Node", "name": "a"}, "path": "x"}]}, ()),
        ({"generators": ["g.yaml"], "transformers": ["t.yaml"]}, ("generators", "transformers")),
        ({"helmCharts": [{"name": "kilo"}]}, ("helmCharts",)),
        ({"replacements": [{"path": "r.yaml"}]}, ("replacements",)),
        ({"somethingNew": {"a": 1}}, ("somethingNew",)),
        ({"images": [{"name": "squat/kilo"}], "labels": [], "configMapGenerator": [{"name": "x"}]}, ()),
        ({"generators": [], "patches": None, "namespace": "kilo"}, ()),
    ],
)
def test_what_may_add_or_change_peers_is_known(data: dict[str, object], fields: tuple[str, ...]) -> None:
    files = {"peer.yaml": OF_PEER, "node.yaml": OF_NODE, "broken.yaml": "a: ["}
    assert kustomization.listing(yaml.safe_dump(data), files.__getitem__).not_followed == fields
