"""The errors a user can meet, each a message, perhaps a hint, and an exit code.

KgctlError           exit 1: asked rightly, could not be done
└── UsageError       exit 2: asked wrongly
"""

import enum


class ExitCode(enum.IntEnum):
    """What the process tells its caller."""

    OK = 0
    FAILED = 1
    USAGE = 2
    INTERRUPTED = 130
    CLOSED_PIPE = 141


class KgctlError(Exception):
    """What went wrong in one line, and in `hint` what to type or do about it."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(KgctlError):
    """The command line itself does not make sense."""

    exit_code = ExitCode.USAGE
