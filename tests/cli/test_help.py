"""The help of every command: its layout, its examples, and what never shows in it."""

import re
import shlex

import pytest
import typer.main

from kgctl_py.app import app
from kgctl_py.cli.command_list import ROWS
from kgctl_py.kilo.install.installation import WIREGUARD_IMAGE
from tests.cli.kgctl import kgctl
from tests.docs.made import commands

LEAVES = commands()[1:]


def examples(command: tuple[str, ...]) -> list[str]:
    _, _, after = kgctl(*command, "--help").stdout.partition("\nExamples:\n")
    lines = after.partition("\n\nArguments:")[0].partition("\n\nOptions:")[0].splitlines()
    return [line.strip() for line in lines if "kgctl " in line and not line.startswith(("  #", "Run", "Use"))]


@pytest.mark.parametrize("command", LEAVES, ids=" ".join)
def test_the_help_of_a_command_has_one_line_and_examples(command: tuple[str, ...]) -> None:
    usage, _, first, *_ = kgctl(*command, "--help").stdout.splitlines()
    assert usage.startswith(f"Usage: kgctl {' '.join(command)} ")
    assert first.endswith(".")
    assert examples(command)


@pytest.mark.parametrize("command", LEAVES, ids=" ".join)
def test_the_options_in_an_example_exist(command: tuple[str, ...]) -> None:
    for line in examples(command):
        words = shlex.split(
            line.partition("kgctl ")[2].partition(" | ")[0].partition(" > ")[0].partition(" < ")[0].rstrip(")")
        )
        run = kgctl(*words, "--help")
        assert (run.exit_code, run.stderr) == (0, ""), line
        assert run.stdout.startswith("Usage: kgctl "), line


@pytest.mark.parametrize("command", [*LEAVES, (), ("peer",), ("showconf",)], ids=" ".join)
def test_nothing_of_the_parser_shows(command: tuple[str, ...]) -> None:
    text = kgctl(*command, "--help").stdout
    assert re.findall(r"<=|\{[A-Z]|\[default|\[required|\\n|<\w+\|", text) == []
    assert [line for line in text.splitlines() if len(line) > 80] == []


def test_kgctl_alone_lists_commands_in_groups_and_leaves_out_those_of_wg() -> None:
    text = kgctl().stdout
    assert re.findall(r"^(\w.*):$", text, re.MULTILINE) == [
        "See the mesh",
        "Join it",
        "Change it",
        "Install Kilo",
        "Keys and shell",
    ]
    assert {row.name for row in ROWS if not row.group} == {"genkey", "genpsk", "pubkey", "options"}
    assert "--kubeconfig" not in text
    assert 'Use "kgctl options"' in text


def test_options_lists_what_all_commands_take() -> None:
    text = kgctl("options").stdout
    shown = [name for param in typer.main.get_command(app).params for name in param.opts if f"{name} " in text]
    assert {"--kubeconfig", "--context", "--from-file", "--port", "--verbose"} <= set(shown)
    assert "--backend" not in text


@pytest.mark.parametrize("command", ["manifests", "init"])
def test_a_long_name_is_not_broken(command: str) -> None:
    assert f"{WIREGUARD_IMAGE})" in kgctl(command, "--help").stdout


def test_a_command_lists_only_what_it_takes() -> None:
    assert "--print conf|qr|none " in kgctl("peer", "rotate", "--help").stdout
    assert "--address" not in kgctl("peer", "apply", "--help").stdout


def test_the_help_of_a_node_leaves_out_the_option_that_changes_nothing_for_it() -> None:
    assert "--all-peers" not in kgctl("showconf", "node", "--help").stdout
    assert "--all-peers" in kgctl("showconf", "peer", "--help").stdout


@pytest.mark.parametrize(
    ("command", "condition"),
    [
        (("showconf", "peer"), "required with -o zip"),
        (("showconf", "peer"), "default the key in a file that -O updates or replaces, or a placeholder"),
        (("peer", "add"), "or the addresses of --adopt"),
        (("peer", "add"), "or that of --adopt"),
        (("peer", "apply"), "required if there are any"),
        (("get",), "only for locations, without names, -o, --sort-by, or -w"),
    ],
)
def test_conditions_are_stated(command: tuple[str, ...], condition: str) -> None:
    assert condition in " ".join(kgctl(*command, "--help").stdout.split())


def test_the_help_of_a_comparison_states_no_defaults_that_it_does_not_compare() -> None:
    text = " ".join(kgctl("diff", "peer", "--help").stdout.split())
    assert "MTU of the interface (not compared by default)" in text
    assert "1420" not in text


def test_long_help_has_its_options_in_groups() -> None:
    text = kgctl("peer", "add", "--help").stdout
    assert re.findall(r"^(\w.* options):$", text, re.MULTILINE) == [
        "Identity options",
        "Address and routing options",
        "Interface options",
        "Output options",
    ]


@pytest.mark.parametrize(
    ("command", "default"),
    [
        (("peer", "add"), "25"),
        (("peer", "add"), "never"),
        (("connect",), "10"),
        (("connect",), "1420"),
        (("check",), "5m"),
    ],
)
def test_defaults_are_stated(command: tuple[str, ...], default: str) -> None:
    assert f"(default {default}" in " ".join(kgctl(*command, "--help").stdout.split())


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("check",), "--from-file"),
        (("peer", "add"), "--context"),
        (("peering", "connect"), "--kubeconfig"),
        (("connect",), "--kubeconfig"),
        (("gather",), "--kubeconfig"),
        (("lint",), "--no-color"),
        (("pubkey",), "--no-color"),
        (("manifests",), "--port"),
        (("init",), "--port"),
    ],
)
def test_a_help_text_names_a_global_option_that_the_command_uses(command: tuple[str, ...], option: str) -> None:
    line = f'Use "kgctl options" for a list of global options, such as {option}.\n'
    assert kgctl(*command, "--help").stdout.endswith(line)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ("--port", "0", "check"),
            ('--port "0" is not between 1 and 65535\nhint: to see the global options: kgctl options\n'),
        ),
        (("keygen", "a"), 'unexpected argument "a"\nhint: to see the usage: kgctl keygen --help\n'),
        (("keygen", "a", "b"), 'unexpected arguments "a b"\nhint: to see the usage: kgctl keygen --help\n'),
        (("sync", "wg0"), "missing option --conf\nhint: add --conf FILE\n"),
        (("check", "--foo"), 'unknown option "--foo"\nhint: to see the usage: kgctl check --help\n'),
    ],
)
def test_the_errors_of_the_parser_are_in_plain_words(args: tuple[str, ...], message: str) -> None:
    run = kgctl(*args)
    assert (run.exit_code, run.stdout, run.stderr) == (2, "", f"kgctl: {message}")
