"""The values of options with lists: addresses, networks, and name servers, or one of the words auto and none."""

from collections.abc import Callable
from typing import TypeVar

from kgctl_py.config import AUTO, Auto, ServiceCIDRs
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, address_or_cidr, host_cidr, masked, parse_cidr
from kgctl_py.wireguard.endpoint import is_dns_name, parse_ip

T = TypeVar("T")

_RESERVED = ("auto", "none")
_ADDRESSES = "write addresses such as 10.6.0.7, or networks such as 10.6.0.0/24"
_NETWORKS = "write networks such as 10.6.0.0/24"


def words(texts: list[str]) -> list[str]:
    """Return the words of a repeatable option whose values can be separated by commas."""
    return [word for text in texts for word in text.split(",")]


def cidrs(option: str, texts: list[str]) -> tuple[IPInterface, ...]:
    """Return the CIDRs in `texts`, with host CIDRs for addresses; raise UsageError with the option."""
    return _parsed(address_or_cidr, option, texts, _ADDRESSES)


def networks(option: str, texts: list[str], hint: str = _NETWORKS) -> tuple[IPInterface, ...]:
    """Return the networks in `texts`; raise UsageError with the option and `hint`."""
    return _parsed(_network, option, texts, hint)


def _network(text: str) -> IPInterface:
    ip = parse_ip(text)
    return host_cidr(ip) if ip else parse_cidr(text)


def _parsed(
    parse: Callable[[str], IPInterface], option: str, texts: list[str], hint: str
) -> tuple[IPInterface, ...]:
    try:
        return tuple(map(parse, words(texts)))
    except ValueError as error:
        raise UsageError(f'{option} "{",".join(texts)}" {error}', hint=hint) from None


def services(texts: list[str]) -> ServiceCIDRs | None:
    """Return --services, None if it is not given; raise UsageError."""
    return _auto_or_list("--services", texts, _services)


def dns(texts: list[str]) -> tuple[str, ...] | Auto | None:
    """Return --dns, None if it is not given; raise UsageError."""
    return _auto_or_list("--dns", texts, _dns)


def _auto_or_list(
    option: str, texts: list[str], parse: Callable[[list[str]], tuple[T, ...]]
) -> tuple[T, ...] | Auto | None:
    """Return the result of `parse` for the texts, unless they are auto, none, or empty."""
    match words(texts):
        case []:
            return None
        case ["auto"]:
            return AUTO
        case ["none"]:
            return ()
        case several:
            reserved = next((word for word in several if word in _RESERVED), "")
            if reserved:
                text = f'{option} "{",".join(several)}" combines {reserved} with other values'
                raise UsageError(text, hint=f"use {option} {reserved}, or a list without it")
            return parse(several)


def _services(several: list[str]) -> tuple[IPInterface, ...]:
    hint = "use --services auto, --services none, or --services 10.96.0.0/12"
    return tuple(map(masked, networks("--services", several, hint)))


def _dns(several: list[str]) -> tuple[str, ...]:
    for word in several:
        if not (parse_ip(word) or is_dns_name(word)):
            hint = "use --dns auto, --dns none, or --dns 10.96.0.10,cluster.local"
            raise UsageError(f'--dns "{word}" is neither an IP address nor a domain', hint=hint)
    return tuple(several)
