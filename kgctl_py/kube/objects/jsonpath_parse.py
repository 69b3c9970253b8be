"""Parse JSONPath as kubectl does."""

import re

from kgctl_py.kube.objects.jsonpath_evaluate import (
    OPERATORS,
    Descent,
    Fields,
    Filter,
    Indexes,
    Literal,
    Path,
    Slice,
    Step,
    Wildcard,
)

_NAME = re.compile(r"(?:[^\s.\[\]()\\'\"{}=<>!,?@$*]|\\.)+", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_NUMBERS = re.compile(r"\s*-?\d{1,9}\s*(?:,\s*-?\d{1,9}\s*)*")
_SLICE = re.compile(r"\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::\s*(-?\d{1,9})?\s*)?")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_TRUTHS = {"true": True, "false": False}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_DEEPEST = 20


def parse_path(text: str) -> Path:
    """Return a path such as `.items[*].metadata.name`; raise ValueError for unsupported syntax."""
    return _Reader(text).path()


def unquoted(text: str) -> str | None:
    """Return the content of a quoted text, None for any other."""
    match = _QUOTED.fullmatch(text)
    return _unescaped(match[1] if match[1] is not None else match[2]) if match else None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)


class _Reader:
    """A text, and how far it has been read."""

    def __init__(self, text: str, depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.depth = depth

    def path(self) -> Path:
        self._take(r"\s*[@$]?")
        steps: list[Step] = []
        if self.at < len(self.text) and self.text[self.at] not in ".[":
            steps.append(self._fields())
        while self.at < len(self.text):
            if self.text.startswith("..", self.at):
                steps.append(Descent())
                self.at += 1 if self.text[self.at + 2 : self.at + 3] != "[" else 2
                continue
            steps += self._step()
        return tuple(steps)

    def _step(self) -> list[Step]:
        if self.text[self.at] == "[":
            return [self._bracket()]
        if self.text[self.at] != ".":
            raise ValueError(f'has "{self.text[self.at :]}", which is not valid')
        self.at += 1
        if self.at == len(self.text) and self.at == 1:
            return []  # a dot alone is the value itself
        if self._take(r"\*"):
            return [Wildcard()]
        return [self._fields()] if self.text[self.at : self.at + 1] != "[" else []

    def _fields(self) -> Fields:
        match = _NAME.match(self.text, self.at)
        if not match:
            raise ValueError(f'has "{self.text[self.at :]}" where the name of a field is expected')
        self.at = match.end()
        return Fields((_unescaped(match[0]),))

    def _bracket(self) -> Step:
        inner = self._inside()
        if inner.strip() == "*":
            return Wildcard()
        if inner.startswith("?(") and inner.endswith(")"):
            return self._filter(inner[2:-1])
        if _NUMBERS.fullmatch(inner):
            return Indexes(tuple(map(int, inner.split(","))))
        if match := _SLICE.fullmatch(inner):
            start, end, step = (int(number) if number else None for number in match.groups())
            if step is not None and step <= 0:
                raise ValueError("has a slice whose step is not positive")
            return Slice(start, end, step)
        names = [_unescaped(match[1] if match[1] is not None else match[2]) for match in _QUOTED.finditer(inner)]
        if names and re.fullmatch(r"\s*(,\s*)*", _QUOTED.sub("", inner)):
            return Fields(tuple(names))
        raise ValueError(f'has "[{inner}]", which is not valid')

    def _inside(self) -> str:
        """Return the text between a bracket and its counterpart, and continue after it."""
        start, depth = self.at, 0
        while self.at < len(self.text):
            if quoted := _QUOTED.match(self.text, self.at):
                self.at = quoted.end()
                continue
            depth += {"[": 1, "]": -1}.get(self.text[self.at], 0)
            self.at += 1
            if not depth:
                return self.text[start + 1 : self.at - 1]
        raise ValueError('has a "[" without "]"')

    def _filter(self, text: str) -> Filter:
        if self.depth >= _DEEPEST:
            raise ValueError("has filters that are nested too deeply")
        left, sign, right = _comparison(text)
        if not left.startswith(("@", "$", ".")):
            raise ValueError(f'has the filter "{text}", which does not start with "@"')
        path = _Reader(left, self.depth + 1).path()
        return Filter(path, sign, self._operand(right)) if sign else Filter(path)

    def _operand(self, text: str) -> Literal | Path:
        quoted = unquoted(text)
        if quoted is not None:
            return Literal(quoted)
        if text in _TRUTHS:
            return Literal(_TRUTHS[text])
        if _NUMBER.fullmatch(text):
            return Literal(float(text))
        if not text.startswith("@"):
            raise ValueError(f"compares with {text or 'nothing'}: put text in quotes")
        return _Reader(text, self.depth + 1).path()

    def _take(self, pattern: str) -> bool:
        match = re.compile(pattern).match(self.text, self.at)
        self.at = match.end() if match else self.at
        return bool(match)


def _comparison(text: str) -> tuple[str, str, str]:
    """Return the two sides of a filter, and the operator between them; without one, the whole text."""
    at = 0
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
            continue
        sign = next((sign for sign in OPERATORS if text.startswith(sign, at)), "")
        if sign:
            return text[:at].strip(), sign, text[at + len(sign) :].strip()
        at += 1
    return text.strip(), "", ""
