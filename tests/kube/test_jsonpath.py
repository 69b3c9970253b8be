"""JSONPath gives what kubectl gives, which prints its own configuration by it; what it refuses is one line."""

import contextlib
import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.kube.objects.jsonpath_evaluate import found
from kgctl_py.kube.objects.jsonpath_parse import parse_path
from kgctl_py.kube.objects.jsonpath_template import filled, parse_template

CONFIG = {
    "kind": "Config",
    "apiVersion": "v1",
    "preferences": {},
    "clusters": [
        {"name": "one", "cluster": {"server": "https://one.example.com"}},
        {"name": "two", "cluster": {"server": "https://two.example.com", "insecure-skip-tls-verify": True}},
        {"name": "zulu", "cluster": {"server": "https://zulu.example.com"}},
    ],
    "contexts": [{"name": "c.1", "context": {"cluster": "one", "user": "ann"}}],
    "current-context": "c.1",
    "users": [{"name": "ann", "user": {"username": "ann"}}],
}

TEMPLATES = [
    "{.current-context}",
    "{.clusters[*].name}",
    "{.clusters[0].name} and {.clusters[-1].name}",
    "{.clusters[0,2].name}",
    "{.clusters[1:].name}{.clusters[:2].name}{.clusters[0:3:2].name}",
    "{.clusters[*]['name','cluster']}",
    "{.clusters[?(@.name=='two')].cluster.server}",
    '{.clusters[?(@.name!="two")].name}',
    "{.clusters[?(@.cluster.insecure-skip-tls-verify)].name}",
    "{.clusters[?(@.cluster.insecure-skip-tls-verify==true)].name}",
    "{..server}",
    "{.clusters[*].cluster}",
    '{range .clusters[*]}{.name}{"\\t"}{.cluster.server}{"\\n"}{end}',
    '{range .clusters[*]}{@.name}{range .cluster}[{.server}]{end}{", "}{end}end',
    "{.nothing}{.clusters[*].nothing}-",
    "{$.contexts[0]['name']}",
    "{['current-context']}",
    "{.clusters[*].cluster['server','insecure-skip-tls-verify']}",
    "text only around {.kind}",
]


END = "\n--- the end of a template\n"


@pytest.fixture(scope="module")
def printed_by_kubectl(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What kubectl prints for each template; it is given all at once, since it takes long to start."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("there is no kubectl")
    config = tmp_path_factory.mktemp("kubectl") / "config"
    config.write_text(json.dumps(CONFIG))
    whole = "".join(template + END for template in TEMPLATES)
    command = [kubectl, "config", "view", "--kubeconfig", str(config), "-o", f"jsonpath={whole}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(zip(TEMPLATES, done.stdout.split(END)[:-1], strict=True))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_prints_what_kubectl_prints(template: str, printed_by_kubectl: dict[str, str]) -> None:
    assert filled(parse_template(template), CONFIG) == printed_by_kubectl[template]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("", "no path in braces"),
        (".items", "no path in braces"),
        ("{.items", 'a "{" without "}"'),
        ("{}", "nothing in braces"),
        ("{range .items[*]}x", "{range} without {end}"),
        ("{.a}{end}", "{end} without {range}"),
        ("{range .a}" * 30 + "{end}" * 30, "ranges that are nested too deeply"),
        ("{.items[}", 'a "[" without "]"'),
        ("{.items[x]}", '"[x]", which is not valid'),
        ("{.items[0:1:0]}", "step is not positive"),
        ("{.a b}", '" b", which is not valid'),
        ("{.a..}", "the name of a field is expected"),
        ("{.items[?(@.a==b)]}", "compares with b: put text in quotes"),
        ("{.items[?(a==1)]}", 'does not start with "@"'),
        ("{.a[?(@.b[?(@.c)])]" + "}", ""),
    ],
)
def test_an_unsupported_expression_is_reported(template: str, words: str) -> None:
    if not words:
        parse_template(template)
        return
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_template(template)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (".a[3]", {"a": [1]}, "refers to element 3 of a list of 1"),
        (".a[0]", {"a": {}}, "not a list"),
        (".a[?(@.b<'x')]", {"a": [{"b": 1}]}, "different types"),
        (".a[?(@..b==1)]", {"a": [{"b": 1, "c": {"b": 1}}]}, "more than one value"),
    ],
)
def test_a_path_that_does_not_fit_the_data_is_reported(path: str, value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        found(parse_path(path), value)


def test_a_null_is_nothing_and_values_start_no_line() -> None:
    assert filled(parse_template("[{.a}{.b}]"), {"a": None, "b": "x\n\x1b[2Jy"}) == r"[x\n\x1b[2Jy]"


@given(
    st.text(alphabet="{}[]().,:*?@$'\"\\ ab1=<>!-", max_size=30),
    st.recursive(
        st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=1), inner, max_size=3),
    ),
)
def test_any_text_is_a_template_or_an_error(text: str, value: Any) -> None:
    with contextlib.suppress(ValueError):
        assert filled(parse_template(text), value).replace("\n", "").isprintable()
