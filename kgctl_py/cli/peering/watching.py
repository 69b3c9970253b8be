"""`kgctl peering connect --watch`: keep clusters joined until a signal arrives."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.duration import seconds
from kgctl_py.cli.terminal import terminal
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.planning.plan import NewKey
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.peering.watch_clusters import watch
from kgctl_py.peering.watch_settings import OnError, WatchSettings
from kgctl_py.value import Value


class WatchOptions(Value, frozen=True, kw_only=True):
    """The options of `--watch`."""

    watch: Annotated[
        bool,
        typer.Option("--watch", help="Keep the Peers up to date until you stop kgctl", rich_help_panel=OUTPUT),
    ] = False
    resync_period: Annotated[
        float,
        typer.Option(
            metavar="DURATION",
            parser=seconds,
            help="With --watch: time between full reads of the clusters",
            rich_help_panel=OUTPUT,
        ),
    ] = "5m"  # type: ignore[assignment] # typer parses it
    grace: Annotated[
        float,
        typer.Option(
            metavar="DURATION",
            parser=seconds,
            help="Time for which a segment without ready nodes keeps its Peer",
        ),
    ] = "10m"  # type: ignore[assignment] # typer parses it

    on_error: Annotated[
        OnError,
        typer.Option(
            help="With --watch: what to do if a cluster does not answer, or a check or a write fails",
            rich_help_panel=OUTPUT,
        ),
    ] = OnError.KEEP

    leader_elect: Annotated[
        bool,
        typer.Option(
            "--leader-elect",
            help="With --watch: write only while holding a Lease, so that you can run several instances of kgctl",
            rich_help_panel=OUTPUT,
        ),
    ] = False

    def follow(
        self, sides: Sequence[Side], settings: PeeringSettings, new_key: NewKey, *, prunes_most: bool
    ) -> None:
        """Keep the Peers current until a signal arrives."""
        import threading

        from kgctl_py.connect.end_on_signal import SignalHandler
        from kgctl_py.kube.leases.election import ElectionTimes

        watching = WatchSettings(
            resync=self.resync_period,
            prunes_most=prunes_most,
            on_error=self.on_error,
            election=ElectionTimes() if self.leader_elect else None,
        )
        stop, signals = threading.Event(), SignalHandler()
        with signals.installed(), signals.on_signal(stop.set):
            terminal.say("following the clusters; to stop, press Ctrl-C")
            watch(sides, settings, watching, new_key, stop, terminal.tell_notice)
