"""Peers in a table: CSV as spreadsheets write it, with a comma, a semicolon, or a tab between columns."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.kilo.peers import endpoint_spec
from kgctl_py.mesh.address import IPInterface, address_or_cidr, masked, unusable_endpoint
from kgctl_py.peers.fleet.declared_peer import Declared, DeclaredPeer, PlacedError
from kgctl_py.peers.parse_expiry import parse_date
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.cidr import parse_decimal
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import parse_endpoint

COLUMNS = ("Name", "Addresses", "Public key", "Owner", "Description", "Expires", "Keepalive", "Endpoint")
_ALIASES = {"allowedips": "addresses", "ip": "addresses", "ips": "addresses", "address": "addresses"}
_DELIMITERS = ",;\t"
_ANNOTATIONS = {"owner": names.OWNER, "description": names.DESCRIPTION, "expires": names.EXPIRES}
_EXAMPLE = "Name,Addresses,Public key,Owner"
_QUOTE = 'put a cell that contains the separator in quotes: "10.5.0.7, 10.5.0.8"'


def read_csv(file: str, content: bytes) -> Iterator[Declared]:
    """Yield the Peers in a table whose first line names its columns, and the mistakes in its cells.

    Raise PlacedError for a table that cannot be read further.
    """
    text = _text(file, content)
    delimiter = max(_DELIMITERS, key=text.lstrip().partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: tuple[str, ...] = ()
    line = 1
    try:
        for row in rows:
            cells, place, line = [cell.strip() for cell in row], f"{file}:{line}", rows.line_num + 1
            if not any(cells):
                continue
            if not columns:
                columns = _columns(place, cells)
                continue
            if any(cells[len(columns) :]):
                yield PlacedError(
                    place,
                    f"the line has {len(cells)} cells, but the table has {len(columns)} columns",
                    hint=_QUOTE,
                )
                continue
            unnamed = [cell for column, cell in zip(columns, cells, strict=False) if cell and not column]
            if unnamed:
                yield PlacedError(place, f'"{unnamed[0]}" is in a column without a name', hint="name the column")
                continue
            yield from _peer(place, dict(zip(columns, cells, strict=False)))
    except csv.Error as error:
        raise PlacedError(f"{file}:{rows.line_num}", f"not valid CSV: {error}", hint=_QUOTE) from None


def _text(file: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PlacedError(f"{file}:{line}", "the file is not UTF-8", hint='save it as "CSV UTF-8"') from None
    if "\0" in text:
        raise PlacedError(file, "the file is not UTF-8", hint='save it as "CSV UTF-8"')
    return text


def _columns(place: str, cells: list[str]) -> tuple[str, ...]:
    """Return the columns in lower case without spaces; raise PlacedError for unknown and duplicate ones."""
    columns: list[str] = []
    for cell in cells:
        column = _ALIASES.get(_plain(cell), _plain(cell))
        if cell and column not in _TITLES:
            raise PlacedError(
                place, f'"{cell}" is not a column', hint=f"use {', '.join(COLUMNS[:-1])}, or {COLUMNS[-1]}"
            )
        if cell and column in columns:
            other = cells[columns.index(column)]
            what = "exists twice" if other == cell else f'is the same as the column "{other}"'
            raise PlacedError(place, f'the column "{cell}" {what}', hint="remove one of them")
        columns.append(column)
    if "name" not in columns:
        raise PlacedError(place, 'the column "Name" is missing', hint=f"for example: {_EXAMPLE}")
    return tuple(columns)


def _plain(cell: str) -> str:
    return cell.lower().replace(" ", "").replace("_", "").replace("-", "")


def _peer(place: str, cells: Mapping[str, str]) -> Iterator[Declared]:
    """Yield the Peer in a row, or each cell that cannot be read."""
    mistakes = []
    spec: dict[str, Any] = {}
    annotations: dict[str, str | None] = {}
    for column, cell in cells.items():
        if column in _ANNOTATIONS:
            annotations[_ANNOTATIONS[column]] = cell or None
        elif column == "endpoint":
            spec["endpoint"] = None
        if not cell or column not in _PARSERS:
            continue
        parse, target = _PARSERS[column]
        try:
            value = parse(cell)
        except ValueError as error:
            mistakes.append(PlacedError(place, f'{_TITLES[column]} "{cell}" {error}'))
            continue
        if target:
            spec[target] = value
        else:
            annotations[_ANNOTATIONS[column]] = value
    declared = DeclaredPeer(name=cells.get("name", ""), place=place, spec=spec, annotations=annotations)
    yield from tuple(mistakes) or (declared,)


def _addresses(cell: str) -> list[str]:
    words = cell.replace(",", " ").replace(";", " ").split()
    return list(dict.fromkeys(str(_address(word)) for word in words))


def _address(word: str) -> IPInterface:
    cidr = address_or_cidr(word)
    if masked(cidr) != cidr:
        raise ValueError(f"has host bits set: use {cidr.ip}, or {masked(cidr)}")
    return cidr


def _public_key(cell: str) -> str:
    key = Key.parse_or_none(cell)
    if key is None:
        raise ValueError("is not a WireGuard key (32 bytes in base64)")
    return str(key)


def _keepalive(cell: str) -> int | None:
    seconds = 0 if cell == "off" else parse_decimal(cell.removesuffix("s").strip(), MAX_KEEPALIVE)
    if seconds is None:
        raise ValueError(f"is not a number of seconds from 0 to {MAX_KEEPALIVE}")
    return seconds or None


def _endpoint(cell: str) -> dict[str, Any]:
    endpoint = parse_endpoint(cell)
    if why := unusable_endpoint(endpoint):
        raise ValueError(why)
    return endpoint_spec(endpoint)


def _expires(cell: str) -> str | None:
    return None if cell == "never" else parse_date(cell)


_TITLES = {_plain(column): column for column in COLUMNS}
_PARSERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "addresses": (_addresses, "allowedIPs"),
    "publickey": (_public_key, "publicKey"),
    "keepalive": (_keepalive, "persistentKeepalive"),
    "endpoint": (_endpoint, "endpoint"),
    "expires": (_expires, ""),
}
"""The columns whose cells are parsed: the function, and the field of `spec`, or none for an annotation."""
