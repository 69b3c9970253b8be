"""The entry point of the self-contained program, which is called by any of the three names that pip installs."""

import sys
from pathlib import Path

from kgctl_py.__main__ import complete_for_kubectl, main

if Path(sys.argv[0]).stem == "kubectl_complete-kilo":
    complete_for_kubectl()
main()
