"""An API server's judgement of a Peer: the schema of a CRD as JSON Schema, patterns by RE2, and rules by CEL.

It stands for servers that the tests cannot start: newer ones, which know CEL and read addresses carelessly.
"""

import functools
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from kgctl_py.kilo.install.installation import Installation, Part
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.render.kilo_manifests import manifests
from kgctl_py.wireguard.endpoint import parse_ip

if TYPE_CHECKING:
    import jsonschema

Schema = dict[str, Any]


@functools.cache
def crd(*, cel: bool) -> Schema:
    """The CRD that `kgctl manifests` prints, with CEL rules or with `--no-cel`."""
    loaded: Schema = yaml.safe_load(manifests(Installation(cel=cel), (Part.CRDS,))[Part.CRDS])
    return loaded


def peer_schema(*, cel: bool) -> Schema:
    (version,) = crd(cel=cel)["spec"]["versions"]
    schema: Schema = version["schema"]["openAPIV3Schema"]
    return schema


def refusals(peer: Any, *, cel: bool, careless: bool) -> list[str]:
    """What the server says against a Peer, each with where; `careless`: it takes leading zeros in octets."""
    validator = _validator()(peer_schema(cel=cel), format_checker=_formats(careless=careless))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(peer)]


@functools.cache
def _validator() -> Any:
    import jsonschema  # it and its like take a tenth of a second in every process that collects tests

    checks = {"pattern": _pattern, "x-kubernetes-validations": _cel_rules}
    return jsonschema.validators.extend(jsonschema.Draft4Validator, checks)


def _pattern(_: Any, pattern: str, instance: Any, __: Schema) -> "Iterator[jsonschema.ValidationError]":
    import jsonschema
    import re2

    if isinstance(instance, str) and not re2.search(pattern, instance):
        yield jsonschema.ValidationError(f"should match {pattern}")


def _cel_rules(
    _: Any, rules: list[dict[str, str]], instance: Any, __: Schema
) -> "Iterator[jsonschema.ValidationError]":
    import celpy
    import jsonschema

    for rule in rules:
        if not program(rule["rule"]).evaluate({"self": celpy.json_to_cel(instance)}):
            yield jsonschema.ValidationError(rule["message"])


@functools.cache
def program(rule: str) -> Any:
    """Return the program of a CEL expression."""
    import celpy

    limit = sys.getrecursionlimit()
    environment = celpy.Environment()
    sys.setrecursionlimit(limit)  # which celpy changes, and hypothesis watches
    return environment.program(environment.compile(rule))


@functools.cache
def _formats(*, careless: bool) -> "jsonschema.FormatChecker":
    """The formats of kube-openapi's strfmt: Go's net.ParseCIDR and net.ParseIP, or those before Go 1.17."""

    def plain(text: str) -> str:
        return re.sub(r"(?<![0-9a-fA-F:])0+(?=\d+(\.|/|$))|(?<=:)0+(?=\d+\.)", "", text) if careless else text

    def is_ip(mark: str, text: str) -> bool:
        return mark in text and bool(parse_ip(plain(text)))

    import jsonschema

    checker = jsonschema.FormatChecker(formats=())
    checker.checks("cidr", raises=ValueError)(lambda text: bool(parse_cidr(plain(text))))
    checker.checks("ipv4")(functools.partial(is_ip, "."))
    checker.checks("ipv6")(functools.partial(is_ip, ":"))
    return checker
