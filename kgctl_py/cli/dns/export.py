"""`kgctl dns export`: names and addresses of nodes and peers, for a name server."""

import enum
from pathlib import Path
from typing import Annotated, assert_never

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.file_options import KeptFileOptions, WatchOptions
from kgctl_py.cli.remarks import News
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.mesh.dns_names import DnsNames, dns_names, is_domain
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.notice import Notice, note
from kgctl_py.wireguard.endpoint import ends_in_number

DOMAIN = "kilo.internal"
_SHOWN = 3


class Output(enum.StrEnum):
    """The formats of the names."""

    HOSTS = "hosts"
    COREDNS = "coredns"
    ZONE = "zone"


@grouped
def export(
    context: typer.Context,
    file: KeptFileOptions,
    watch: WatchOptions,
    output: Annotated[
        Output,
        typer.Option(
            "--output",
            "-o",
            help="Format: hosts, coredns for a block of a Corefile, or zone for a zone file",
            rich_help_panel=OUTPUT,
        ),
    ] = Output.HOSTS,
    domain: Annotated[str, typer.Option(metavar="DOMAIN", help="Domain of the names")] = DOMAIN,
) -> None:
    """Export DNS names of nodes and peers.

    The name of a leader points to its WireGuard IP, the name of any other ready node to its internal IP, and the
    name of a peer to its allowed IPs that are single addresses.

    Examples:
      # Print the names as a hosts file
      kgctl dns export

      # Keep a file for dnsmasq up to date
      kgctl dns export -O kilo.hosts --watch --on-change 'pkill -HUP dnsmasq'
    """
    run: Invocation = context.obj
    watch.check_file(run, file)
    if not is_domain(domain) or ends_in_number(domain):
        raise UsageError(
            f'--domain "{domain}" is not a domain name in lower case',
            hint=f"for example: --domain {DOMAIN}",
        )
    exporter = _Exporter(run, output, domain)
    if file.file is None:
        typer.echo(exporter.text(run.mesh()), nl=False)
        return
    from kgctl_py.cli.join.keep_file_current import rewrite  # most exports are printed
    from kgctl_py.fs.kept_text import KeptText

    kept = KeptText(Path(file.file), header=exporter.header, replace=file.force)
    if watch.watch:
        rewrite(kept, run.cluster, exporter.text, exporter.news, watch.on_change, _tell_written)
    elif kept.write(exporter.text(run.mesh())):
        _tell_written(kept.path, True)


class _Exporter:
    """Renders the names of one mesh after the other; the same names give the same text."""

    def __init__(self, run: Invocation, output: Output, domain: str) -> None:
        self.news = News()
        self._run = run
        self._output = output
        self._domain = domain
        self._last: tuple[DnsNames, str] | None = None

    @property
    def header(self) -> str:
        """The first line, which shows that kgctl wrote the file."""
        return f"{';' if self._output is Output.ZONE else '#'} Written by kgctl dns export.\n"

    def text(self, mesh: Mesh) -> str:
        """Return the names of a mesh as text, and print those left out; raise KgctlError without any name."""
        names = dns_names(self._run.topology(mesh), self._domain)
        self.news.tell(_left_out(names))
        if not names.names:
            raise KgctlError(
                "no node and no peer has a name", hint="to see nodes and peers: kgctl get nodes,peers"
            )
        if self._last is None or self._last[0] != names:
            self._last = names, self.header + _rendered(names, self._output, int(mesh.now))
        return self._last[1]


def _rendered(names: DnsNames, output: Output, serial: int) -> str:
    match output:
        case Output.HOSTS:
            from kgctl_py.render.dns.hosts import hosts

            return hosts(names)
        case Output.COREDNS:
            from kgctl_py.render.dns.corefile import corefile

            return corefile(names)
        case Output.ZONE:
            from kgctl_py.render.dns.zone_file import zone_file

            return zone_file(names, serial)
        case _:
            assert_never(output)


def _left_out(names: DnsNames) -> tuple[Notice, ...]:
    """Return one note about all names that are left out."""
    if not names.left_out:
        return ()
    more = len(names.left_out) - _SHOWN
    listed = ", ".join(names.left_out[:_SHOWN]) + (f", and {more} more" if more > 0 else "")
    return (note(f"left out: {listed}"),)


def _tell_written(path: Path, _: bool) -> None:
    if str(path) != "-":  # stdout
        terminal.say(f'wrote "{path}"')
