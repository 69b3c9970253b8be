"""The options of `kgctl showconf`, and which of them go together."""

import enum
from typing import Annotated

import typer

from kgctl_py.cli.options.file_options import FileOptions, check_conf_name
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.config.settings import WgQuickSettings
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.value import Value


class Output(enum.StrEnum):
    """The formats that a configuration can be shown in."""

    WIREGUARD = "wireguard"
    WG_QUICK = "wg-quick"
    YAML = "yaml"
    JSON = "json"


class ShowOptions(Value, frozen=True, kw_only=True):
    """How a configuration is shown, and where it goes."""

    as_peer: Annotated[
        bool, typer.Option("--as-peer", help="Show it as a peer of some other interface, or as a Peer resource.")
    ] = False
    output: Annotated[
        Output,
        typer.Option("--output", "-o", help="wg-quick is a whole configuration; yaml and json need --as-peer."),
    ] = Output.WIREGUARD
    allowed_ips: Annotated[
        list[str], typer.Option("--allowed-ips", metavar="CIDR[,CIDR…]", help="Add these; needs --as-peer.")
    ]
    private_key: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="The private key to put in; needs -o wg-quick.")
    ] = None

    def added_ips(self) -> tuple[IPInterface, ...]:
        """Return the masked CIDRs of --allowed-ips; raise UsageError when one is none."""
        try:
            return tuple(masked(parse_cidr(text)) for texts in self.allowed_ips for text in texts.split(","))
        except ValueError as error:
            message = f'--allowed-ips "{",".join(self.allowed_ips)}" {error}'
            raise UsageError(message, hint="--allowed-ips 10.6.0.0/24,192.168.0.7/32") from None

    @property
    def is_plain(self) -> bool:
        """Whether it is shown as the reference shows it."""
        return self.output is Output.WIREGUARD and not self.as_peer


def check_options(show: ShowOptions, wg_quick: WgQuickOptions, file: FileOptions) -> WgQuickSettings:
    """Return the settings of a whole configuration; raise UsageError for options that belong to other formats."""
    settings = WgQuickSettings()
    if show.as_peer and show.output is Output.WG_QUICK:
        raise UsageError('"-o wg-quick" is a whole configuration, "--as-peer" only a part of one')
    if not show.as_peer and (show.allowed_ips or show.output in (Output.YAML, Output.JSON)):
        option = "--allowed-ips" if show.allowed_ips else f"-o {show.output}"
        raise UsageError(f'"{option}" shows a resource as a peer', hint="add --as-peer")
    if show.output is Output.WG_QUICK:
        settings = wg_quick.settings()
        if file.file is not None:
            check_conf_name(file.file)
    if show.output is not Output.WG_QUICK and (wg_quick.given() or show.private_key is not None):
        option = (wg_quick.given() or ["--private-key"])[0]
        raise UsageError(f'"{option}" belongs to a whole configuration', hint="add -o wg-quick")
    return settings
