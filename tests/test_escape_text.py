import json
import unicodedata

import pytest
import yaml

from kgctl_py.escape_text import is_visible, visible
from kgctl_py.render.json_yaml import as_json, as_json_line, as_yaml
from kgctl_py.render.live.journal import Entry, Level
from kgctl_py.render.live.journal import as_json_line as entry_line

UNSEEN = (
    "\x00\n\r\t\x1b\x7f\x85\x9b\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u180e\u180f\u200b\u200d\u200e\u2028\u2029"
    "\u202e\u2066\u2800\u3000\u3164\ud800\ue000\ufe00\ufe0f\ufeff\uffa0\U0001d159\U000e0001\U000e0041\U000e0100"
)


@pytest.mark.parametrize("character", UNSEEN, ids=lambda one: f"{ord(one):x}")
def test_invisible_characters_are_escaped(character: str) -> None:
    name = f"a{character}b"
    assert visible(name) == f"a{character.encode('unicode_escape').decode()}b"
    facts = {"name": name, character: name}
    entry = entry_line(Entry(time=0, level=Level.INFO, event="x", message=name, facts=facts))
    for text in (as_json(facts), as_json_line(facts), entry):
        assert is_visible(text.replace("\n", ""))
        assert json.loads(text)["name"] == name
    if unicodedata.category(character) != "Cs":
        assert is_visible(as_yaml({"name": name}).replace("\n", ""))
        assert yaml.safe_load(as_yaml({"name": name})) == {"name": name}


@pytest.mark.parametrize("text", ["", "a b", "müller", "開発", "ноды", "é", "😀", "عقدة", "नोड"])
def test_text_in_any_script_stays(text: str) -> None:
    assert visible(text) == text


_WITHOUT_NAME = {"Cn", "Co", "Cs"}


def test_no_filler_and_no_selector_is_left() -> None:
    characters = (one for one in map(chr, range(0x110000)) if unicodedata.category(one) not in _WITHOUT_NAME)
    names = {one: unicodedata.name(one, "") for one in characters}
    unseen = [
        one for one, name in names.items() if ("HANGUL" in name and "FILLER" in name) or "VARIATION SEL" in name
    ]
    assert len(unseen) > 250
    assert not any(map(is_visible, unseen))
