import base64
import json
import re
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import Result

from kgctl_py.cli.join.qr_drawing import qr_content
from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.options.form_options import HostOptions
from kgctl_py.cli.peer.delivery_options import DeliveryOptions, Print
from kgctl_py.config import WgQuickSettings
from kgctl_py.errors import KgctlError
from kgctl_py.wireguard import Conf, Key, keygen
from kgctl_py.wireguard.parse import parse_conf
from tests.cli.in_terminal import Shown, kgctl_in_terminal, kgctl_program_in_terminal
from tests.cli.kgctl import kgctl, kgctl_program
from tests.in_memory import EXAMPLE, Cluster, listening_peer, node, peer
from tests.kube.objects import config_map, service
from tests.render.scanner import scanned, scanned_lines, scanned_small, scanned_svg, scanned_terminal

KEY = base64.b64encode(bytes([8, *range(1, 31), 95])).decode()
PUBLIC = str(keygen.public_key(Key.parse(KEY)))
Outcome = TypeVar("Outcome", Result, Shown)

QUICK = ("--services", "none", "--dns", "none")
PHONE = ("qr", "peer", "phone", *QUICK)
WITH_KEY = (*PHONE, "--private-key", "phone.key")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in a folder with the phone's key and a cluster."""
    monkeypatch.chdir(tmp_path)
    Path("phone.key").write_text(f"{KEY}\n")
    Path("phone.key").chmod(0o600)
    save(locations=2)
    return tmp_path


def save(locations: int) -> None:
    nodes = [node(f"node-{n}", n, location=f"location-{n}") for n in range(1, locations + 1)]
    cluster = Cluster(nodes, [peer("phone", 1, publicKey=PUBLIC), listening_peer("laptop", 2)])
    Path("cluster.json").write_text(cluster.as_list())


def run(*args: str) -> Result:
    return safe(kgctl("--from-file", "cluster.json", *args))


def in_terminal(*args: str, columns: int = 200, lines: int = 100, env: Mapping[str, str] | None = None) -> Shown:
    return safe(kgctl_in_terminal("--from-file", "cluster.json", *args, columns=columns, lines=lines, env=env))


def safe(outcome: Outcome) -> Outcome:
    """Whatever happened, nobody has seen the key."""
    assert KEY not in outcome.stderr
    return outcome


def wanted(*options: str) -> Conf:
    """The configuration of the phone, without its comments."""
    args = (
        "showconf",
        "peer",
        "phone",
        "-o",
        "wg-quick",
        *QUICK,
        "--private-key",
        "phone.key",
        "--aggregate",
        *options,
    )
    conf = run(*args).stdout
    assert KEY in conf
    return read("".join(line for line in conf.splitlines(keepends=True) if not line.startswith("#")))


def read(text: str) -> Conf:
    return parse_conf(text).conf


def test_a_phone_scans_the_configuration_from_a_terminal() -> None:
    shown = in_terminal(*WITH_KEY)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert read(scanned_terminal(shown.stdout)) == wanted()


@pytest.mark.parametrize(
    ("options", "env", "ink_is_dark"),
    [
        (("--no-color",), {}, False),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"TERM": "dumb"}, False),
        (("--no-color", "--invert"), {}, True),
    ],
    ids=str,
)
def test_without_colours_the_code_is_for_a_dark_terminal_unless_inverted(
    options: tuple[str, ...], env: dict[str, str], ink_is_dark: bool
) -> None:
    shown = in_terminal(*WITH_KEY, *options, env=env)
    assert "\033" not in shown.stdout
    assert read(scanned_lines(shown.stdout.splitlines(), ink_is_dark=ink_is_dark)) == wanted()


def test_a_terminal_that_is_just_wide_and_high_enough_shows_the_code() -> None:
    lines = in_terminal(*WITH_KEY, "--no-color").stdout.splitlines()
    width, height = len(lines[0]), len(lines)
    assert {len(line) for line in lines} == {width}
    assert (width + 1) // 2 == height
    shown = in_terminal(*WITH_KEY, columns=width, lines=height + 1)
    assert (shown.exit_code, shown.stderr) == (0, "")


def test_a_terminal_that_is_too_narrow_shows_nothing() -> None:
    shown = in_terminal(*WITH_KEY, columns=60)
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "columns, but the terminal has 60" in shown.stderr
    assert "-O phone.png" in shown.stderr


def test_a_terminal_that_is_too_narrow_is_told_what_fits_by_having_tried() -> None:
    save(locations=6)
    shown = in_terminal(*WITH_KEY, columns=75)
    assert (shown.exit_code, shown.stdout) == (1, "")
    found = re.findall("hint: to make it fit, add (.*)", shown.stderr)
    assert len(found) == 2
    for options in found:
        fitting = in_terminal(*WITH_KEY, *options.split(), columns=75)
        assert fitting.exit_code == 0, fitting.stderr
        assert read(scanned_terminal(fitting.stdout)) == wanted(*options.split())
    only = found[0].removeprefix("--only ").split(",")
    one_more = f"{','.join(only)},location-6"
    assert "location-6" not in only
    assert in_terminal(*WITH_KEY, "--only", one_more, columns=75).exit_code == 1


def test_the_example_with_ten_more_peers_is_told_what_fits_80_columns() -> None:
    documents = list(yaml.safe_load_all(EXAMPLE.read_text()))
    documents += [peer("new", 50, publicKey=PUBLIC), *(peer(f"more-{n}", 60 + n) for n in range(9))]
    Path("cluster.json").write_text(yaml.safe_dump_all(documents))
    new = ("qr", "peer", "new", *QUICK, "--private-key", "phone.key")
    shown = in_terminal(*new, columns=80)
    assert (shown.exit_code, shown.stdout) == (1, "")
    found = re.findall("hint: to make it fit, add (.*)", shown.stderr)
    assert [option.split()[0] for option in found] == ["--only", "--only"]
    assert [option.split()[2:3] for option in found] == [[], ["--gateway"]]
    for options in found:
        assert in_terminal(*new, *options.split(), columns=80).exit_code == 0
    assert in_terminal(*new, "--small", columns=80).exit_code == 0


def test_a_small_code_fits_where_half_blocks_do_not() -> None:
    save(locations=6)
    assert "hint: or add --small" in in_terminal(*WITH_KEY, columns=80).stderr
    assert "--small" not in in_terminal(*WITH_KEY, columns=30).stderr
    shown = in_terminal(*WITH_KEY, "--small", "--no-color", columns=80)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert read(scanned_small(shown.stdout.splitlines(), ink_is_dark=False)) == wanted()
    coloured = in_terminal(*WITH_KEY, "--small", columns=80).stdout
    lines = [re.sub(r"\033\[[0-9;]*m", "", line) for line in coloured.splitlines()]
    assert read(scanned_small(lines, ink_is_dark=True)) == wanted()
    narrow = in_terminal(*WITH_KEY, "--small", columns=30)
    assert (narrow.exit_code, narrow.stdout) == (1, "")


def test_around_the_code_there_is_less_room_when_that_makes_it_fit() -> None:
    width = len(in_terminal(*WITH_KEY, "--no-color").stdout.splitlines()[0])
    shown = in_terminal(*WITH_KEY, columns=width - 1)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert read(scanned_terminal(shown.stdout)) == wanted()
    assert in_terminal(*WITH_KEY, columns=width - 5).exit_code == 1


def test_a_terminal_that_is_too_low_shows_the_code_with_a_warning() -> None:
    shown = in_terminal(*WITH_KEY, lines=24)
    assert shown.exit_code == 0
    assert "lines, but the terminal has 24" in shown.stderr
    assert read(scanned_terminal(shown.stdout)) == wanted()


def test_a_terminal_that_does_not_tell_its_size_shows_the_code() -> None:
    shown = in_terminal(*WITH_KEY, columns=0, lines=0)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert read(scanned_terminal(shown.stdout)) == wanted()


def test_a_terminal_that_has_no_half_blocks_is_told_of_pictures() -> None:
    latin = {"PYTHONIOENCODING": "latin-1"}
    shown = safe(kgctl_program_in_terminal("--from-file", "cluster.json", *WITH_KEY, env=latin))
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert (
        shown.stderr == "kgctl: the encoding iso8859-1 of the terminal cannot show a QR code\n"
        "hint: to write a picture, add -O phone.png\n"
    )


def test_a_phone_scans_the_configuration_from_a_png() -> None:
    result = run(*WITH_KEY, "-O", "phone.png")
    assert (result.exit_code, result.output) == (0, "")
    assert read(scanned(Path("phone.png").read_bytes())) == wanted()


def test_a_phone_scans_the_configuration_from_an_svg() -> None:
    result = run(*WITH_KEY, "-O", "phone.SVG")
    assert (result.exit_code, result.output) == (0, "")
    assert ElementTree.parse("phone.SVG").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert read(scanned_svg(Path("phone.SVG").read_bytes())) == wanted()


def test_the_options_of_wg_quick_are_in_the_code() -> None:
    options = ("--address", "10.5.0.1/24", "--mtu", "1280", "--listen-port", "7000", "--gateway", "location-1")
    run(*WITH_KEY, *options, "-O", "phone.png")
    text = scanned(Path("phone.png").read_bytes())
    assert read(text) == wanted(*options)
    for part in (
        "Address=10.5.0.1/24\n",
        "MTU=1280\n",
        "ListenPort=7000\n",
        "AllowedIPs=0.0.0.0/0,::/0\n",
    ):
        assert part in text


def test_the_private_key_may_come_on_stdin() -> None:
    args = ("--from-file", "cluster.json", *PHONE, "--private-key", "-", "-O", "phone.png")
    assert kgctl(*args, stdin=KEY.encode()).exit_code == 0
    assert read(scanned(Path("phone.png").read_bytes())) == wanted()


@pytest.mark.parametrize("name", ["phone.png", "phone.svg"])
def test_only_the_user_can_read_the_picture(name: str) -> None:
    run(*WITH_KEY, "-O", name)
    assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600


def test_a_picture_that_is_there_is_only_written_over_with_force() -> None:
    Path("phone.png").write_text("old")
    result = run(*WITH_KEY, "-O", "phone.png")
    assert (result.exit_code, result.stderr) == (
        1,
        'kgctl: "phone.png" already exists\nhint: to replace it, add --force\n',
    )
    assert Path("phone.png").read_text() == "old"
    assert run(*WITH_KEY, "-O", "phone.png", "--force").exit_code == 0
    assert read(scanned(Path("phone.png").read_bytes())) == wanted()


def test_the_help_promises_no_key_in_a_picture_that_is_replaced() -> None:
    assert "Replace FILE if it exists\n" in kgctl("qr", "peer", "--help").stdout


@pytest.mark.parametrize("name", ["phone", "phone.jpg", "phone.conf", "-", "/dev/stdout"])
def test_a_file_that_is_no_picture_is_wrong_usage(name: str) -> None:
    result = run(*WITH_KEY, "-O", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f'kgctl: -O "{name}" does not end in .png or .svg\nhint: for example: -O phone.png\n'


def test_a_pipe_gets_no_private_key(folder: Path) -> None:
    command = kgctl_program("--from-file", "cluster.json", *WITH_KEY)
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "kgctl: refusing to print a QR code with a private key: stdout is not a terminal\n"
        "hint: to write a picture, add -O phone.png\n"
    )


@pytest.mark.parametrize(
    "command",
    [
        ("qr", "peer", "laptop", "--private-key", "phone.key"),
        ("qr", "peer", "laptop", "--private-key", "phone.key", "-O", "laptop.jpg"),
        ("peer", "add", "desk", "--print", "qr"),
        ("peer", "rotate", "desk", "--yes", "--print", "qr"),
    ],
)
def test_the_picture_in_a_hint_has_the_name_of_the_peer(command: tuple[str, ...]) -> None:
    result = run(*command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f" -O {'laptop' if 'laptop' in command else 'desk'}.png\n")


def test_a_narrow_terminal_suggests_a_picture_with_the_name_of_the_peer() -> None:
    cluster = Cluster([node("node-1", 1)], [peer("tablet", 1, publicKey=PUBLIC)])
    Path("cluster.json").write_text(cluster.as_list())
    for options in ((), ("--small",)):
        args = ("qr", "peer", "tablet", *QUICK, "--private-key", "phone.key", *options)
        assert "or add -O tablet.png" in in_terminal(*args, columns=20).stderr


def test_a_file_on_stdout_gets_no_private_key() -> None:
    with Path("out").open("wb") as out:
        command = kgctl_program("--from-file", "cluster.json", *WITH_KEY)
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, Path("out").read_bytes()) == (2, b"")


def test_without_the_private_key_the_usage_is_wrong() -> None:
    result = run(*PHONE, "-O", "phone.png")
    assert (result.exit_code, result.stdout, Path("phone.png").exists()) == (2, "", False)
    assert result.stderr == (
        "kgctl: missing option --private-key\nhint: add --private-key FILE, or --private-key - to read stdin\n"
    )


def test_a_configuration_with_a_place_for_the_private_key_becomes_no_code() -> None:
    conf = run("showconf", "peer", "phone", "-o", "wg-quick", *QUICK).stdout
    with pytest.raises(KgctlError, match="needs the private key"):
        qr_content(conf, FileOptions(file="phone.png"), "phone")


def test_the_private_key_of_another_peer_is_refused() -> None:
    result = run("qr", "peer", "laptop", *QUICK, "--private-key", "phone.key", "-O", "laptop.png")
    assert (result.exit_code, Path("laptop.png").exists()) == (1, False)
    assert 'does not belong to peer "laptop"' in result.stderr


def test_a_phone_does_not_support_a_routing_table() -> None:
    result = run(*WITH_KEY, "--table", "off", "-O", "phone.png")
    assert (result.exit_code, Path("phone.png").exists()) == (2, False)
    assert "--table does not work with a QR code" in result.stderr


def test_a_peer_that_is_not_there_is_reported_with_those_that_are() -> None:
    result = run("qr", "peer", "phon", *QUICK, "--private-key", "phone.key", "-O", "phone.png")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == 'kgctl: peer "phon" not found in the cluster\nhint: did you mean "phone"?\n'


def test_a_configuration_that_is_too_long_is_refused_with_ways_out() -> None:
    save(locations=40)
    result = run(*WITH_KEY, "-O", "phone.png")
    assert (result.exit_code, result.stdout, Path("phone.png").exists()) == (1, "", False)
    first, *hints = result.stderr.splitlines()
    assert re.fullmatch(
        "kgctl: the configuration has [0-9]{4} bytes, but a QR code can contain at most 2953", first
    )
    assert "-o wg-quick" in hints[-1]
    found = re.findall("hint: to make it fit, add (.*)", "\n".join(hints))
    assert len(found) == 2
    for options in found:
        assert run(*WITH_KEY, *options.split(), "-O", "phone.png", "--force").exit_code == 0
        assert read(scanned(Path("phone.png").read_bytes())) == wanted(*options.split())


def test_a_code_sets_dns_without_a_command_which_apps_refuse() -> None:
    raw = json.loads(Path("cluster.json").read_text())
    raw["items"] += [
        service("kube-system/kube-dns", "10.96.0.10", k8s_app="kube-dns"),
        config_map("coredns", Corefile=".:53 {\n  kubernetes cluster.local\n}"),
    ]
    Path("cluster.json").write_text(json.dumps(raw))
    code = ("--private-key", "phone.key", "-O", "phone.svg")
    run("qr", "peer", "phone", *code, "--services", "none", "--dns", "auto")
    text = scanned_svg(Path("phone.svg").read_bytes())
    assert "DNS=10.96.0.10,svc.cluster.local,cluster.local\n" in text
    assert "PostUp" not in text


def test_a_new_peer_shown_as_a_code_is_for_a_phone() -> None:
    for shown, for_phone in ((Print.QR, True), (Print.CONF, False)):
        options = DeliveryOptions(print_=shown, file="phone.svg" if for_phone else None)
        assert options.form("phone", WgQuickSettings(), HostOptions(), None).for_phone is for_phone
