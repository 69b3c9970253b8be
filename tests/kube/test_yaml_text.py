"""YAML that others wrote: read, or refused in words."""

import pytest
import yaml

from kgctl_py.kube.objects.yaml_text import DEEPEST, UnparsableError, _anchoring_loader, load_all


def test_documents_are_read_and_empty_ones_are_not_there() -> None:
    assert load_all(b"a: 1\n---\n---\n- b\n") == [{"a": 1}, ["b"]]
    assert load_all(b"") == []


@pytest.mark.parametrize("text", [b"a: [1", b"a:\n\t- b", b"a: !!python/object:os.system {}", b"\x00", b"*a"])
def test_text_that_is_not_yaml_is_refused_without_quoting_it(text: bytes) -> None:
    with pytest.raises(ValueError, match=" ") as caught:
        load_all(b"secret: hunter2\n" + text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", [b"[" * 200_000, b"- " * 200_000, b"? " * 200_000, b"{a: " * 200_000])
def test_what_would_end_the_process_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        load_all(text)


def test_brackets_beside_each_other_are_not_deep() -> None:
    assert load_all(b"a: '" + b"[]" * DEEPEST + b"'\nb: " + b" " * 100 + b"c") == [{"a": "[]" * DEEPEST, "b": "c"}]


def test_an_anchor_that_is_defined_again_counts_from_there() -> None:
    text = b"- &a 1\n- *a\n- &a {b: &b [x], c: *b}\n- *a\n---\n- &a 2\n- *a\n"
    assert load_all(text) == [[1, 1, {"b": ["x"], "c": ["x"]}, {"b": ["x"], "c": ["x"]}], [2, 2]]


def test_an_error_after_an_anchor_that_is_defined_again_has_its_line() -> None:
    with pytest.raises(UnparsableError, match=r"^line 3: "):
        load_all(b"- &a 1\n- &a 2\n- *b\n")


def test_large_text_with_an_anchor_that_is_defined_again_is_scanned_by_libyaml() -> None:
    """PyYAML's own scanner reads about 40 KB a second."""
    assert issubclass(_anchoring_loader(), vars(yaml.cyaml)["CParser"])
    assert load_all(b"- &a 1\n" * 50_000) == [[1] * 50_000]
