"""What is odd about a node by itself."""

from collections.abc import Iterator

from kgctl_py.findings.finding import Code, Finding, Kind, Subject
from kgctl_py.mesh.model import Node
from kgctl_py.wireguard.conf import MAX_KEEPALIVE


def unusable_values(node: Node) -> Iterator[Finding]:
    """Find the values that Kilo passes over without a word."""
    for value in node.unusable:
        yield Finding(
            code=Code.VALUE,
            subject=Subject(Kind.NODE, node.name),
            field=value.field,
            message=f'{value.field} "{value.text}" {value.why}',
        )


def keepalive_out_of_range(node: Node) -> Iterator[Finding]:
    """Find a keepalive that WireGuard does not take."""
    if not 0 <= node.persistent_keepalive <= MAX_KEEPALIVE:
        yield Finding(
            code=Code.KEEPALIVE,
            subject=Subject(Kind.NODE, node.name),
            message=f"persistent-keepalive {node.persistent_keepalive} is printed as 0: "
            f"WireGuard takes 0 to {MAX_KEEPALIVE}",
        )
