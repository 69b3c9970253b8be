"""`kgctl completion`: print the completion script for a shell, with live names of nodes and peers."""

import enum
import os
import shlex
import sys
from typing import Annotated

import typer
from typer.completion import get_completion_script  # type: ignore[attr-defined] # not in an __all__

from kgctl_py.cli.command_list import COMPLETION_VARIABLE

_NO_FILES = ":4"
"""cobra's ShellCompDirectiveNoFileComp, which kubectl expects last."""


class Shell(enum.StrEnum):
    """The supported shells."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish, or powershell")],
) -> None:
    """Print the completion script for a shell.

    The script completes commands, options, and the names of nodes and peers.

    Examples:
      # bash
      source <(kgctl completion bash)

      # zsh, after compinit
      source <(kgctl completion zsh)

      # fish
      kgctl completion fish | source

      # PowerShell
      kgctl completion powershell | Out-String | Invoke-Expression
    """
    typer.echo(script(shell))


def script(shell: str) -> str:
    """Return the completion script of a shell."""
    return get_completion_script(prog_name="kgctl", complete_var=COMPLETION_VARIABLE, shell=shell)


def ask_as_kubectl(words: list[str]) -> None:
    """Prepare this process to answer kubectl, which runs `kubectl_complete-kilo WORD…` and reads lines.

    See «kubectl plugins», custom completion, in the Kubernetes documentation.
    """
    os.environ |= {
        COMPLETION_VARIABLE: "complete_bash",
        "COMP_WORDS": shlex.join(["kgctl", *words]),
        "COMP_CWORD": str(len(words)),
    }
    sys.argv = ["kgctl"]


def end_for_kubectl() -> None:
    """Print the end of the completions for kubectl, and that it must not complete file names."""
    typer.echo(_NO_FILES)
