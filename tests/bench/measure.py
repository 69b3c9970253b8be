"""Time two commands in turn, A B A B …, and print what each run took as JSON.

python measure.py PAIRS '["A", …]' '["B", …]'

It is a program of its own, and small: the memory of a process counts from that of the one that started it.
The first runs keep the compiled modules, as an installed program has them.
"""

import json
import os
import sys
import time

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: list[str]) -> dict[str, float]:
    """Return the wall time and CPU time of one run in seconds, and its peak memory in MB; its output is lost."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    started = time.perf_counter()
    pid = os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 1)])
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    os.close(nowhere)
    if status:
        sys.exit(f"{command}: exit code {os.waitstatus_to_exitcode(status)}")
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}


def main() -> None:
    """Run both once to warm up, then in turn."""
    pairs, first, second = int(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])
    run(first)
    run(second)
    print(json.dumps([[run(first), run(second)] for _ in range(pairs)]))


main()
