"""The options of `kgctl showconf`, and which of them fit together."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli import INTERFACE, OUTPUT, ROUTING
from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.options.host_options import HostOptions, check_place
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.config.form import Form, Format, PrivateKey
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.cli.invocation import Invocation


class ShowOptions(Value, frozen=True, kw_only=True):
    """The form and the output of a configuration."""

    as_peer: Annotated[
        bool,
        typer.Option(
            "--as-peer",
            help="Print a [Peer] section for the configuration of another machine, or with -o "
            "yaml or json a Peer resource",
            rich_help_panel=OUTPUT,
        ),
    ] = False
    output: Annotated[
        Format,
        typer.Option(
            "--output",
            "-o",
            metavar="FORMAT",
            help=f"Format: {', '.join(Format)} (default wireguard, the input of wg setconf); "
            "yaml and json need --as-peer",
            rich_help_panel=OUTPUT,
        ),
    ] = Format.WIREGUARD
    allowed_ips: Annotated[
        list[str],
        typer.Option(
            "--allowed-ips",
            metavar="CIDR,...",
            help="Add these allowed IPs; needs --as-peer",
            rich_help_panel=ROUTING,
        ),
    ]
    private_key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-",
            help="File with the private key, or - for stdin; only for complete formats, such as -o wg-quick",
            rich_help_panel=INTERFACE,
        ),
    ] = None

    def form(self, wg_quick: WgQuickOptions, host: HostOptions, file: FileOptions | None) -> Form:
        """Return the form, without a private key; raise UsageError for options that do not fit together.

        Without `file` it is one of many, which go into a folder.
        """
        self._check_peer_options()
        if not self.output.is_whole:
            self._check_part(wg_quick, host)
            return Form(format=self.output, as_peer=self.as_peer, added_ips=self._added_ips())
        if self.private_key is not None and host.private_key_path is not None:
            raise UsageError('"--private-key" and "--private-key-path" exclude each other', hint="use one of them")
        form = host.form(self.output, wg_quick.settings())
        if file is not None:
            check_place(self.output, file.file)
        return form

    def _check_peer_options(self) -> None:
        if self.as_peer and self.output.is_whole:
            raise UsageError(f'"-o {self.output}" and "--as-peer" exclude each other', hint="use one of them")
        if not self.as_peer and (self.allowed_ips or self.output in (Format.YAML, Format.JSON)):
            option = "--allowed-ips" if self.allowed_ips else f"-o {self.output}"
            raise UsageError(f'"{option}" needs --as-peer', hint="add --as-peer")

    def _check_part(self, wg_quick: WgQuickOptions, host: HostOptions) -> None:
        key = ["--private-key"] if self.private_key is not None else []
        given = [*wg_quick.given(), *host.given(), *key]
        if given:
            raise UsageError(f'"{given[0]}" needs -o wg-quick', hint="add -o wg-quick")

    def _added_ips(self) -> tuple[IPInterface, ...]:
        try:
            return tuple(masked(parse_cidr(text)) for texts in self.allowed_ips for text in texts.split(","))
        except ValueError as error:
            message = f'--allowed-ips "{",".join(self.allowed_ips)}" {error}'
            raise UsageError(message, hint="for example: --allowed-ips 10.6.0.0/24,192.168.0.7/32") from None


class WatchOptions(Value, frozen=True, kw_only=True):
    """Whether a file is kept current, and the command to run after a change."""

    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Keep FILE up to date until you stop kgctl; needs -O", rich_help_panel=OUTPUT
        ),
    ] = False
    on_change: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="Shell command to run after FILE changes", rich_help_panel=OUTPUT),
    ] = None

    def check(self, run: "Invocation", file: FileOptions, output: Format) -> None:
        """Raise UsageError without a file to keep current, or for a format or a cluster that cannot be."""
        if self.watch and file.file is not None and output.is_whole and output is not Format.WG_QUICK:
            raise UsageError(f'"--watch" does not support "-o {output}"', hint="use -o wg-quick")
        self.check_file(run, file)

    def check_file(self, run: "Invocation", file: FileOptions) -> None:
        """Raise UsageError without a file to keep current, or for a cluster that does not change."""
        if self.watch or self.on_change is not None:
            run.check_watchable()
        if not self.watch:
            if self.on_change is not None:
                raise UsageError('"--on-change" needs --watch', hint="add --watch")
            return
        if file.file is None:
            raise UsageError('"--watch" needs a file', hint="add -O FILE")
        from kgctl_py.fs.links_and_streams import is_stream

        if is_stream(Path(file.file)):
            raise UsageError(f'"--watch" needs a regular file, and "{file.file}" is not one')


def read_private_key(
    source: str | None, kept: wireguard.Key | None = None, kept_in: str | None = None
) -> PrivateKey | None:
    """Return the key in the file `source`, or on stdin for `-`; without one, the key already in the file."""
    if source is None:
        return PrivateKey(key=kept, source=kept_in or "") if kept else None
    from kgctl_py.fs.key_file import read_key  # most configurations have a placeholder

    key, notices = read_key(source)
    return PrivateKey(key=key, source=source, notices=notices)
