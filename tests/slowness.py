"""How much slower this machine is than those that the tests are written for: an emulated one is, by far."""

import os

VARIABLE = "KGCTL_SLOWNESS"
SLOWNESS = float(os.environ.get(VARIABLE) or 1)
"""The factor by which tests wait longer."""
