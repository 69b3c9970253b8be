"""Problems of a configuration that is used as it is printed."""

from collections.abc import Iterable, Iterator

from kgctl_py import names, wireguard
from kgctl_py.findings.catalog import Code
from kgctl_py.findings.finding import Finding, Kind, Subject
from kgctl_py.mesh import wg_quick_changes


def loops(conf: wireguard.Conf) -> Iterator[Finding]:
    """Yield the routes by which wg-quick would send the tunnel's own packets into the tunnel."""
    for loop in wg_quick_changes.loops(conf):
        message = f"{_what(loop)}: wg-quick would route the tunnel into itself"
        yield _finding(loop, message, "-o wg-quick leaves such routes out")


def loops_left_out(loops: Iterable[wg_quick_changes.Loop]) -> Iterator[Finding]:
    """Yield the routes that were left out, and those that stay because they are for more than the endpoint."""
    for loop in sorted(loops, key=lambda loop: loop.avoidable):
        if loop.avoidable:
            yield _finding(loop, f"{_what(loop)}, which is left out: it would route the tunnel into itself")
        else:
            hint = f"give that node a {names.FORCE_ENDPOINT} outside it, or use --table off and your own routes"
            yield _finding(loop, f"{_what(loop)}: that routes the tunnel into itself", hint)


def _what(loop: wg_quick_changes.Loop) -> str:
    return f'its endpoint {loop.peer.endpoint} lies in the allowed IP {loop.route} of "{loop.through.comment}"'


def _finding(loop: wg_quick_changes.Loop, message: str, hint: str = "") -> Finding:
    return Finding(code=Code.LOOP, subject=Subject(Kind.SECTION, loop.peer.comment), message=message, hint=hint)
