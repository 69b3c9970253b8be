"""`python -m kgctl_py` is kgctl."""

from kgctl_py.cli import main

main()
