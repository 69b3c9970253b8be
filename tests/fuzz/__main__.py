"""Fuzz by hand: `python -m tests.fuzz SECONDS [READER …]`, each reader for so long, from a new start each time."""

import random
import sys
import time

from tests.fuzz.readers import READERS, FaultError, run

seconds, names = float(sys.argv[1]), sys.argv[2:] or list(READERS)
for name in names:
    start, count, faults = time.monotonic(), 0, set[str]()
    seed = random.randrange(2**32)
    for data in READERS[name].inputs(random.Random(seed)):
        if time.monotonic() - start > seconds:
            break
        count += 1
        began = time.monotonic()
        try:
            run(READERS[name], data)
        except FaultError as fault:
            kind = str(fault).partition(": ")[0]
            if kind not in faults:
                faults.add(kind)
                print(f"  FAULT {fault}"[:400], flush=True)
        if time.monotonic() - began > 10:
            print(f"  SLOW {time.monotonic() - began:.0f} s: {data[:300]!r}", flush=True)
    print(f"{name}: {count} inputs, {len(faults)} kinds of fault (seed {seed})", flush=True)
