"""Try random worlds: `python -m tests.worlds N [SEED]`, as root; one that disagrees is shrunk and printed."""

import sys

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.tunnel.lab import why_not
from tests.worlds.judge import judge
from tests.worlds.plan import WorldPlan
from tests.worlds.strategy import worlds


def main() -> None:
    """Run as many worlds as are asked for."""
    reason = why_not()
    if reason:
        sys.exit(f"worlds: {reason}")
    count, start = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    totals = [0, 0, 0]

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(worlds())
    def each_trace_is_what_a_packet_does(plan: WorldPlan) -> None:
        judged = judge(plan)
        totals[0] += 1
        totals[1] += judged.compared
        totals[2] += judged.perhaps
        counts = f"{judged.compared} traces, {judged.across} across, {judged.services} to Services"
        counts += f", {judged.perhaps} perhaps, {judged.reached} pairs"
        print(f"{totals[0]}: {counts}, {len(judged.wrong)} wrong", flush=True)
        if judged.wrong:
            print(plan, *judged.wrong, sep="\n", flush=True)
        assert not judged.wrong

    each_trace_is_what_a_packet_does()
    print(f"{totals[0]} worlds, {totals[1]} traces, of which {totals[2]} say perhaps: none is wrong")


if __name__ == "__main__":
    main()
