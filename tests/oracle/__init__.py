"""What the reference, squat/kilo's Go kgctl, printed for 227 clusters.

Each line of `recordings.jsonl.gz` is a cluster as its API server gave it, and what should be printed for it:
the reference's own output, set right where docs/differences.md says that the reference is wrong.
"""
