"""YAML that others wrote: read, or refused in words."""

import pytest

from kgctl_py.kube.objects.yaml_text import DEEPEST, load_all


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
