"""`kgctl peering verify` and `status` tell of real tunnels what the leaders have heard."""

import json

import pytest

from tests.tunnel.peering.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FOUR = ("location:east", "location:west")


def verified(world: World) -> tuple[int, list[tuple[bool | None, bool | None]], list[str]]:
    """Give the exit code, what both leaders have seen of each tunnel, and the codes of what was found."""
    result = world.kgctl("peering", "verify", "aws", "edge", "-o", "json")
    told = json.loads(result.stdout)
    return result.exit_code, told["pairs"], [finding["code"] for finding in told["findings"]]
