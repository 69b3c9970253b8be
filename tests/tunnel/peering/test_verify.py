"""`kgctl peering verify` and `status` tell of real tunnels what the leaders have heard."""

import json

import pytest

from kgctl_py.peering.probing.probe_script import SCRIPT, parse_report
from tests.tunnel.peering.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FOUR_TUNNELS = 4


def verified(world: World) -> tuple[int, int, int, list[str]]:
    """Return the exit code, in how many tunnels each side has heard the other, and the codes of what was found."""
    result = world.kgctl("peering", "verify", "aws", "edge", "-o", "json")
    told = json.loads(result.stdout)
    near, far = (sum(pair[side] is True for pair in told["pairs"]) for side in ("seen", "seenBack"))
    return result.exit_code, near, far, [finding["code"] for finding in told["findings"]]


def test_verify_passes_as_soon_as_the_agents_have_told_of_every_tunnel(world: World) -> None:
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    world.catch_up()
    assert verified(world) == (0, FOUR_TUNNELS, FOUR_TUNNELS, [])
    told = world.peering("status", "aws", "edge")
    assert told.count("4/4") == 2


RULE = "type filter hook output priority 0; meta l4proto udp meta length > 1300 drop;"
DROP_LARGE = f"table inet hole {{ chain c {{ {RULE} }}; }}"


def reported(world: World) -> list[tuple[bool, bool]]:
    """Return what a pod of aws would report of its calls to the pods of edge."""
    out = world.lab.folder / "report"
    out.unlink(missing_ok=True)
    ips = [node.pod for node in world.meshes["edge"].living]
    run = world.meshes["aws"].node(1).host.run
    run("env", f"OUT={out}", "sh", "-c", SCRIPT, "probe", "", "", "", *ips, timeout=60)
    calls = parse_report(out.read_text()).calls
    return [(calls[number].small, calls[number].large) for number in range(len(ips))]


def test_the_packets_of_a_probe_find_a_tunnel_and_what_it_does_not_carry(world: World) -> None:
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    assert reported(world) == [(True, True)] * 3
    host = world.meshes["aws"].node(1).host
    host.run("nft", DROP_LARGE)
    try:
        assert reported(world) == [(True, False)] * 3
    finally:
        host.run("nft", "delete table inet hole")
    world.peering("rm", "aws", "edge", "--yes")
    assert reported(world) == [(False, False)] * 3


def test_verify_fails_when_a_peer_was_deleted_or_a_leader_is_not_heard(world: World) -> None:
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    world.meshes["edge"].delete("aws.loc.west")
    world.catch_up()
    assert verified(world) == (1, FOUR_TUNNELS, 2, ["K-PEERING-DRIFT"])
    assert 'peer "aws.loc.west" is missing' in world.kgctl("peering", "verify", "aws", "edge").stdout
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    world.catch_up()
    assert verified(world) == (0, FOUR_TUNNELS, FOUR_TUNNELS, [])
