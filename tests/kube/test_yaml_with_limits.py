"""YAML means what Kubernetes takes it for; the judge is kubectl, which reads it by sigs.k8s.io/yaml."""

import json
import shutil
import subprocess
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.kube.objects.json_stream import json_texts
from kgctl_py.kube.objects.yaml_dump import dump_line, dump_yaml
from kgctl_py.kube.objects.yaml_places import documents
from kgctl_py.kube.objects.yaml_scalars import is_plain_string
from kgctl_py.kube.objects.yaml_text import UnparsableError, load_all
from kgctl_py.kube.objects.yaml_with_limits import MOST_BY_ALIASES

SCALARS: dict[str, Any] = {
    "y": True,
    "N": False,
    "off": False,
    "On": True,
    "TRUE": True,
    "tRUE": "tRUE",
    "~": None,
    "Null": None,
    "2024-01-01": "2024-01-01",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "2024-02-31": "2024-02-31",
    "1e3": 1000,
    "1E-2": 0.01,
    "25.0": 25,
    "25.": 25,
    ".5": 0.5,
    "+7": 7,
    "0o17": 15,
    "0O17": 15,
    "017": 15,
    "09": 9,
    "-0x1F": -31,
    "0b11": 3,
    "1_000": 1000,
    "1e400": "1e400",
    "18446744073709551615": 18446744073709551615,
    "18446744073709551616": 18446744073709551616,
    "1:30": "1:30",
    "190:20:30": "190:20:30",
    "1.2.3": "1.2.3",
    "10.0.0.0/8": "10.0.0.0/8",
    "0x": "0x",
    "'y'": "y",
    '"25"': "25",
    "!!str 25": "25",
    "!!float 25": 25,
    "!!binary aGk=": "hi",
    "!mine 25": "25",
    "=": "=",
}


@pytest.mark.parametrize(("text", "expected"), list(SCALARS.items()))
def test_a_scalar_is_what_kubernetes_takes_it_for(text: str, expected: Any) -> None:
    [value] = load_all(f"a: {text}".encode())
    assert value == {"a": expected}
    assert type(value["a"]) is type(expected)


def test_kubectl_agrees_on_every_scalar(tmp_path: Path) -> None:
    """`kubectl patch --local` turns the YAML of a file into JSON and asks no server."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        pytest.skip("there is no kubectl")
    lines = [f"  s{n}: {text}\n" for n, text in enumerate(SCALARS) if "1844674407370955161" not in text]
    text = f"apiVersion: acme.com/v1\nkind: Thing\nmetadata: {{name: a}}\nspec:\n{''.join(lines)}"
    (tmp_path / "thing.yaml").write_text(text)
    arguments = ["patch", "--local", "-f", "thing.yaml", "--type", "merge", "-p", "{}", "-o", "json"]
    done = subprocess.run([kubectl, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
    [ours] = load_all(text.encode())
    assert ours["spec"] | json.loads(done.stdout)["spec"] == ours["spec"]


@pytest.mark.parametrize("text", ["y", "off", "1e3", "0o17", "25.0", "", "~", ".inf", "-7", "1_0"])
def test_such_a_text_needs_quotes(text: str) -> None:
    assert not is_plain_string(text)


@pytest.mark.parametrize("text", ["yea", "2024-01-01", "1:30", "10.0.0.1", "a", "-a", ".5.5"])
def test_such_a_text_needs_none(text: str) -> None:
    assert is_plain_string(text)


def test_keys_are_texts_as_in_json() -> None:
    assert load_all(b"1: a\ny: b\n1.5: c\n'n': d") == [{"1": "a", "true": "b", "1.5": "c", "n": "d"}]


@pytest.mark.parametrize(
    "text", ["a: {b: 1, b: 1}", "- a: 1\n  a: 2", '"1": a\n1: b', "on: 1\ny: 2", "a: 1\n'a': 1"]
)
def test_a_key_that_is_there_twice_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(UnparsableError, match=r'^line \d: "(a|b|1|true)" exists twice$'):
        load_all(text.encode())


def test_merged_keys_are_there_once_and_the_own_ones_win() -> None:
    text = b"a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: {z: 4, <<: [*a, {w: 5}]}"
    assert load_all(text)[0]["b"] == {"x": 3, "true": 2}
    assert load_all(text)[0]["c"] == {"x": 1, "true": 2, "z": 4, "w": 5}


@pytest.mark.parametrize(
    "text",
    ["!!int ''", "!!bool 7", "!!binary ü", "!!python/name:os.system", "!!python/object:os.system {}", ".nan"],
)
def test_a_value_that_is_not_what_its_tag_says_is_an_error(text: str) -> None:
    with pytest.raises(UnparsableError, match=r"^line 1: it has a "):
        load_all(f"a: {text}".encode())


@pytest.mark.parametrize("text", ["[a]: 1", "{a: b}: 1", "~: 1", "? [a]\n: b"])
def test_a_key_that_is_no_text_is_an_error(text: str) -> None:
    with pytest.raises(UnparsableError, match="key"):
        load_all(text.encode())


def test_an_alias_in_its_own_anchor_is_an_error() -> None:
    with pytest.raises(UnparsableError, match="alias"):
        load_all(b"a: &a [*a]")


def test_aliases_of_aliases_have_no_more_values_than_a_large_cluster() -> None:
    lines = [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 9)]
    with pytest.raises(UnparsableError, match="too many values"):
        load_all(("x0: &x0 [a]\n" + "".join(lines)).encode())


@given(
    st.dictionaries(st.text(max_size=5), st.sampled_from([*SCALARS, "a: b", "#", "- a", ""]) | st.text(max_size=9))
)
def test_what_is_written_is_read_back(value: dict[str, str]) -> None:
    assert load_all(dump_yaml(value).encode()) == [value]
    assert load_all(dump_line(value).encode()) == [value]


def bomb(levels: int, width: int = 10, first: str = "a") -> str:
    lines = [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * width)}]\n" for n in range(1, levels)]
    return f"x0: &x0 {first}\n" + "".join(lines)


def merges(levels: int) -> str:
    lines = [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}\n" for n in range(1, levels)]
    return "m0: &m0 {a: 1}\n" + "".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb(8),
        "---\n".join([bomb(5)] * 30),
        bomb(2, 5000, "x" * 10_000),
        "m0: &m0 {a: 1}\n"
        + "".join(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}\n" for n in range(1, 9)),
        f"- &k {'k' * 1_000_000}\n" + "- {*k : 1}\n" * 100,
        f"- ? &k {'k' * 1_000_000}\n  : 1\n" + "- {*k : 1}\n" * 100,
    ],
    ids=["deep", "many documents", "long text", "merged", "long text as a key", "long key"],
)
def test_a_file_has_few_values_by_its_aliases(text: str) -> None:
    with pytest.raises(UnparsableError, match="too many values"):
        load_all(text.encode())
    with pytest.raises(UnparsableError, match="too many values"):
        documents(text.encode(), lambda *_: True)


def fields(count: int) -> str:
    return f"{{{', '.join(f'a{number}: 1' for number in range(count))}}}"


@pytest.mark.parametrize(
    "text",
    [
        f"m: &m {fields(5_000)}\nl:\n" + "- {<<: *m}\n" * 1500,
        f"m: &m {fields(5_000)}\nl: {{<<: [{'*m, ' * 1500}]}}\n",
        "{<<: " * 60 + fields(5_000) + "}" * 60,
    ],
    ids=["in a list", "into one mapping", "within each other"],
)
def test_too_many_merged_keys_are_refused_before_they_need_memory(text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(UnparsableError, match="too many values"):
            load_all(text.encode())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000


def test_merges_that_people_use_are_read() -> None:
    text = "- &a {cpu: 100m, memory: 1Gi}\n" + "- {<<: *a, cpu: 1}\n" * 10_000
    assert load_all(text.encode())[0][-1] == {"cpu": 1, "memory": "1Gi"}


def test_aliases_that_people_use_are_read() -> None:
    text = "- &a {cpu: 100m, memory: 1Gi}\n" + "- {limits: *a, requests: *a}\n" * 10_000
    assert len(load_all(text.encode())[0]) == 10_001
    many = "---\n".join([f"a: &a [{'x, ' * 100}]\nb: *a\n"] * 500)
    assert len(load_all(many.encode())) == 500
    assert MOST_BY_ALIASES > 500 * 101


def test_a_value_is_that_of_its_own_document() -> None:
    text = "---\n".join(f"a: &a [{number}]\nb: [*a, *a]\n" for number in range(1000))
    assert load_all(text.encode()) == [{"a": [n], "b": [[n], [n]]} for n in range(1000)]


@pytest.mark.parametrize(
    "text",
    [
        "{<<: [" + "".join(f"{{k{n}: 1}}, " for n in range(20_000)) + "]}",
        "<<: {k%d: 1}\n" * 20_000 % (*range(20_000),),
    ],
    ids=["in a list", "one by one"],
)
def test_many_merged_mappings_take_time_in_proportion(text: str) -> None:
    started = time.process_time()
    assert len(load_all(text.encode())[0]) == 20_000
    assert time.process_time() - started < 5


def test_the_first_of_merged_mappings_and_the_own_keys_count() -> None:
    assert load_all(b"{a: 1, <<: [{a: 2, b: 2, c: 2}, {b: 3, d: 3}], c: 1}") == [{"a": 1, "b": 2, "c": 1, "d": 3}]


def test_a_long_field_is_not_repeated_for_all_fields_below_it() -> None:
    fields = "".join(f"  f{number}: {{a: 1, a: 2}}\n" for number in range(1000))
    (found,) = documents(f"kind: A\n? {'k' * 100_000}\n:\n{fields}".encode(), lambda *_: True)
    assert sum(map(len, (*found.regions, *found.twice))) < 1_000_000


def test_json_objects_one_after_the_other_take_time_in_proportion() -> None:
    started = time.process_time()
    assert len(json_texts(b'{"a": 1}\n' * 100_000)) == 100_000
    assert time.process_time() - started < 5


def test_each_of_several_json_objects_has_its_places() -> None:
    found = documents(b'{"kind": "A"} {"kind": "B"}\n{\n "kind": "C"}', lambda *_: True)
    places = [one.region("kind") for one in found]
    assert [(place.line, place.column) for place in places] == [(1, 2), (1, 16), (3, 2)]
