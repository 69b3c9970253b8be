"""The schema of a Peer, with the checks of Kilo's own validation.

Rules that a schema expresses clearly are schemas; the others are CEL rules with a message. A server without CEL
gets the same rules as schemas, which refuse the same Peers with less specific messages. The rules are those of
kilo pkg/k8s/apis/kilo/v1alpha1/types.go.
"""

from collections.abc import Iterator, Mapping

from kgctl_py.value import Value
from kgctl_py.wireguard.endpoint import MAX_NAME, RFC1123_SUBDOMAIN

PUBLIC_KEY = r"^[\r\n]*([A-Za-z0-9+/][\r\n]*){43}=[\r\n]*$"
"""Base64 of 32 bytes, as Go decodes it: line ends are ignored."""
DNS_NAME = f"^({RFC1123_SUBDOMAIN})?$"
LEADING_ZERO = "(^|[:.])0[0-9]+[.]|[.]0[0-9]+(/|$)"
"""A leading zero in an octet, which Go refuses since 1.17, but the API server accepts."""

MAX_ALLOWED_IPS = 1000
MAX_ADDRESS = 64
"""In characters. An API server accepts a CEL rule only with limits, because it estimates the maximum cost."""

_MAY_BE_EMPTY = ("nullable: true",)
"""An API server before 1.25 that was built with a newer Go, such as Debian's, reads an empty text as null."""
_EMPTY_OR_IP = ("anyOf:", "- maxLength: 0", "- format: ipv4", "- format: ipv6")


class Rule(Value, frozen=True, kw_only=True):
    """A rule for the value `self`: an expression in CEL, and a schema in YAML that states the same."""

    cel: str
    message: str
    schema: tuple[str, ...]

    def lines(self, *, cel: bool) -> Iterator[str]:
        """Yield the YAML lines that state the rule in a schema."""
        if not cel:
            yield from self.schema
            return
        yield "x-kubernetes-validations:"
        yield f"- rule: '{self.cel}'"
        yield f"  message: {self.message}"


STRICT_OCTETS = Rule(
    cel=f'!self.matches("{LEADING_ZERO}")',
    message="an octet has a leading zero, which Kilo does not read",
    schema=("not:", f"  pattern: '{LEADING_ZERO}'"),
)
DNS_OR_IP = Rule(
    cel='(has(self.dns) && self.dns != "") || (has(self.ip) && self.ip != "")',
    message="an endpoint needs dns, a lower-case name, or ip, an address",
    schema=(
        "anyOf:",
        "- required: [dns]",
        "  properties: {dns: {minLength: 1}}",
        "- required: [ip]",
        "  properties: {ip: {minLength: 1}}",
    ),
)


def schema(*, cel: bool) -> Mapping[str, tuple[str, ...]]:
    """Return the YAML lines of the rules by kind of value."""
    longest = (f"maxLength: {MAX_ADDRESS}",) if cel else ()
    may_be_empty = () if cel else _MAY_BE_EMPTY
    octets = tuple(STRICT_OCTETS.lines(cel=cel))
    return {
        "allowed_ips": (f"maxItems: {MAX_ALLOWED_IPS}",) if cel else (),
        "cidr": ("format: cidr", *longest, *octets),
        "dns": (*may_be_empty, f"pattern: '{DNS_NAME}'", f"maxLength: {MAX_NAME}"),
        "dns_or_ip": tuple(DNS_OR_IP.lines(cel=cel)),
        "ip": (*may_be_empty, *_EMPTY_OR_IP, *longest, *octets),
        "preshared_key": may_be_empty,
        "public_key": (f"pattern: '{PUBLIC_KEY}'",),
    }
