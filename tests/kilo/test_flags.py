"""The words of a container's command line, after Kubernetes and a shell have replaced variables."""

import os
import subprocess

import pytest

from kgctl_py.kilo.kg_workloads_and_flags import command_words
from kgctl_py.kube.objects.kinds import Container, EnvironmentVariable

ENV = (
    EnvironmentVariable(name="NODE", value="n1"),
    EnvironmentVariable(name="TWO", value="a b"),
    EnvironmentVariable(name="OTHER"),
)


def words(*command: str) -> list[str]:
    return list(command_words(Container(name="kilo", command=command, env=ENV)))


@pytest.mark.parametrize(
    ("word", "expanded"),
    [
        ("--hostname=$(NODE)", "--hostname=n1"),
        ("$(NODE)/$(NODE)", "n1/n1"),
        ("$(TWO)", "a b"),
        ("$$(NODE)", "$(NODE)"),
        ("$$$(NODE)", "$n1"),
        ("$$$$(NODE)", "$$(NODE)"),
        ("$$", "$"),
        ("$(OTHER)", "$(OTHER)"),
        ("$(NONE)", "$(NONE)"),
        ("$(NODE", "$(NODE"),
        ("$()", "$()"),
        ("$NODE ${NODE}", "$NODE ${NODE}"),
    ],
)
def test_references_in_arguments_are_replaced_as_in_kubernetes(word: str, expanded: str) -> None:
    assert words("kg", word) == ["kg", expanded]


@pytest.mark.parametrize(
    ("script", "read"),
    [
        ("kg --hostname=$NODE", ["kg", "--hostname=n1"]),
        ('kg --hostname="${NODE}"', ["kg", "--hostname=n1"]),
        ("kg --hostname='$NODE'", ["kg", "--hostname=$NODE"]),
        (r"kg --hostname=\$NODE", ["kg", "--hostname=$NODE"]),
        ("kg --hostname=$(NODE)", ["kg", "--hostname=n1"]),
        ("kg --hostname=$$NODE", ["kg", "--hostname=n1"]),
        ("""kg --a="it's $NODE" --b='$NODE' --c=$NODE""", ["kg", "--a=it's n1", "--b=$NODE", "--c=n1"]),
        ('kg --a="$TWO"', ["kg", "--a=a b"]),
        ("kg --a=b \\\n--c=d # --e=f", ["kg", "--a=b", "--c=d"]),
    ],
)
def test_variables_in_a_script_are_replaced_as_by_a_shell(script: str, read: list[str]) -> None:
    assert words("/bin/sh", "-c", script) == ["/bin/sh", "-c", *read]


@pytest.mark.parametrize(
    "script",
    [
        "kg --x=$NODE",
        "kg --x=${NODE}y --z=$NODE/y",
        """kg --a='say "hi' --x='$NODE'""",
        """kg --a='say "' --x=$NODE --b='"'""",
        r"""kg --a="\\" --x='$NODE'""",
        r"""kg --a="\\" --x=$NODE --y="$NODE" """,
        r"""kg --a="\"" --x='$NODE' --y="\"$NODE\"" """,
        r"""kg --a=\" --x='$NODE' --b=\" """,
        r"kg --a=it\'s --x=$NODE --b=it\'s",
        r"kg --a=\\\' --x=$NODE",
        """kg --x="it's $NODE" --y='$NODE'""",
        """kg --x="a'b" --y=$NODE --z="c'd" """,
        r'kg --x=\$NODE --y="\$NODE" --z="\`"',
        """kg --x="'$NODE'" --y='"$NODE"'""",
        "kg --x='a'$NODE'b'\"$NODE\"",
        "kg --x=$NODE # it's\nkg --y='$NODE' # it's $NODE",
        "kg --x=\"a\n$NODE\" --y='$NODE'",
    ],
)
def test_a_script_has_the_words_that_a_shell_gives_the_program(script: str) -> None:
    program = "kg() { printf '%s\\0' kg \"$@\"; }; "
    run = subprocess.run(
        ["sh", "-c", program + script],
        env={**os.environ, "NODE": "n1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert words("sh", "-c", script)[2:] == run.stdout.split("\0")[:-1]
