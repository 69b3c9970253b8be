"""Options that do nothing without another one, or beside another one, and names of files that are empty."""

from pathlib import Path

import pytest

from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, key

TABLE = "table.csv"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in an empty folder with a table of peers."""
    monkeypatch.chdir(tmp_path)
    Path(TABLE).write_text(f"name,public-key\nlaptop,{key('laptop')}\n")
    return tmp_path


def refused(*args: str) -> str:
    """Return what a command says that is invalid usage, and that creates nothing."""
    run = kgctl("--from-file", str(EXAMPLE), *args)
    assert (run.exit_code, run.stdout) == (2, ""), run.output
    assert [path.name for path in Path().iterdir()] == [TABLE]
    return run.stderr


@pytest.mark.parametrize(
    ("args", "option", "needed"),
    [
        (("check", "--wait-duration", "1m"), "--wait-duration", "--wait"),
        (("check", "--wait-duration", "5m"), "--wait-duration", "--wait"),
        (("peering", "connect", "a", "b", "--resync-period", "1m"), "--resync-period", "--watch"),
        (("peering", "connect", "a", "b", "--on-error", "exit"), "--on-error", "--watch"),
        (("peering", "connect", "a", "b", "--leader-elect"), "--leader-elect", "--watch"),
        (("peering", "verify", "a", "b", "--probe-image", "x/y:1"), "--probe-image", "--probe"),
        (("peering", "export", "--force"), "--force", "-O FILE"),
        (("showconf", "peer", "laptop", "--force"), "--force", "-O FILE"),
        (("showconf", "node", "berlin-1", "--force"), "--force", "-O FILE"),
        (("qr", "peer", "laptop", "--private-key", "-", "--force"), "--force", "-O FILE"),
        (("peer", "add", "new", "--force"), "--force", "-O FILE"),
        (("peer", "rotate", "laptop", "--force"), "--force", "-O FILE"),
        (("peer", "apply", "-f", TABLE, "--force"), "--force", "-O DIR"),
        (("peer", "apply", "-f", TABLE, "--prune"), "--prune", "--set NAME"),
        (("dns", "export", "--force"), "--force", "-O FILE"),
        (("keygen", "--force"), "--force", "-O BASENAME"),
        (("manifests", "--pool", "10.5.0.0/16"), "--pool", "--self-service GROUP"),
        (("peer", "apply", "-f", TABLE, "--mtu", "1280"), "--mtu", "-O DIR"),
        (("peer", "apply", "-f", TABLE, "-o", "networkd"), "-o networkd", "-O DIR"),
    ],
)
def test_an_option_that_does_nothing_without_another_one_needs_it(
    args: tuple[str, ...], option: str, needed: str
) -> None:
    assert refused(*args) == f"kgctl: {option} needs {needed}\nhint: add {needed}\n"


@pytest.mark.parametrize("output", [("--print", "none"), ("--print", "yaml")])
@pytest.mark.parametrize(
    ("option", "named"),
    [
        (("--mtu", "1280"), "--mtu"),
        (("--services", "none"), "--services"),
        (("--interface", "kilo"), "--interface"),
        (("-o", "networkd"), "-o networkd"),
    ],
)
def test_an_option_of_a_configuration_needs_one(
    output: tuple[str, str], option: tuple[str, str], named: str
) -> None:
    said = refused("peer", "add", "new", "--public-key", key("new"), *output, *option)
    assert said == f"kgctl: {named} needs -O FILE or --print conf\nhint: add -O FILE\n"


@pytest.mark.parametrize("command", ["manifests", "init"])
def test_an_image_of_wireguard_needs_wireguard_in_userspace(command: str) -> None:
    args = (command, *(("mesh",) if command == "init" else ()), "--wireguard-image", "a/b:1")
    assert "--wireguard-image needs --wireguard userspace or heterogeneous\n" in refused(*args)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("peer", "add", "a", "--ip", "10.5.0.9", "--pool", "10.5.0.0/16"), "--pool and --ip exclude"),
        (("peer", "add", "a", "--adopt", "-", "--pool", "10.5.0.0/16"), "--pool and --adopt exclude"),
        (("qr", "peer", "laptop", "--private-key", "-", "--invert", "-O", "a.png"), "--invert and -O exclude"),
        (("qr", "peer", "laptop", "--private-key", "-", "--small", "-O", "a.png"), "--small and -O exclude"),
    ],
)
def test_an_option_that_does_nothing_beside_another_one_excludes_it(args: tuple[str, ...], words: str) -> None:
    assert words in refused(*args)


def test_an_option_that_is_turned_off_needs_nothing() -> None:
    assert kgctl("--from-file", str(EXAMPLE), "dns", "export", "--force=false").exit_code == 0


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (("showconf", "peer", "laptop", "-O", ""), '-O "" is not a valid file name'),
        (("showconf", "peer", "--all", "-O", ""), '-O "" is not a valid file name'),
        (("showconf", "peer", "laptop", "--output-file="), '-O "" is not a valid file name'),
        (("qr", "peer", "laptop", "--private-key", "-", "-O", ""), '-O "" is not a valid file name'),
        (("qr", "peer", "laptop", "--private-key", ""), '--private-key "" is not a valid file name'),
        (("diff", "peer", "laptop", "--conf", ""), '--conf "" is not a valid file name'),
        (("peer", "add", "new", "-O", ""), '-O "" is not a valid file name'),
        (("peer", "add", "new", "--adopt", ""), '--adopt "" is not a valid file name'),
        (("peer", "add", "new", "--git", ""), '--git "" is not a valid folder name'),
        (("peer", "apply", "-f", ""), '-f "" is not a valid file name'),
        (("peer", "apply", "-f", TABLE, "-f", ""), '-f "" is not a valid file name'),
        (("peer", "apply", "-f", TABLE, "-O", ""), '-O "" is not a valid folder name'),
        (("peering", "export", "-O", ""), '-O "" is not a valid file name'),
        (("connect", "--private-key", ""), '--private-key "" is not a valid file name'),
        (("sync", "wg0", "--conf", ""), '--conf "" is not a valid file name'),
        (("changes", ""), 'OLD "" is not a valid file name'),
        (("changes", "--git", "", "HEAD"), '--git "" is not a valid folder name'),
        (("simulate", "--peer-file", ""), '--peer-file "" is not a valid file name'),
        (("dns", "export", "-O", ""), '-O "" is not a valid file name'),
        (("gather", "-O", ""), '-O "" is not a valid file name'),
        (("graph", "-O", ""), '-O "" is not a valid file name'),
        (("lint", ""), 'FILE "" is not a valid file name'),
        (("check", "--local", ""), 'INTERFACE|FILE "" is not a valid file name'),
        (("init", ""), 'DIR "" is not a valid folder name'),
        (("keygen", "-O", ""), '-O "" is not a valid file name'),
        (("keygen", "--pub-from", ""), '--pub-from "" is not a valid file name'),
        (("info", "--from-file", ""), '--from-file "" is not a valid file name'),
    ],
)
def test_an_empty_name_of_a_file_is_invalid_and_not_the_current_folder(args: tuple[str, ...], name: str) -> None:
    assert refused(*args) == f"kgctl: {name}\nhint: if the value is a variable of the shell, set the variable\n"


def test_an_empty_kubeconfig_is_as_none_as_for_kubectl() -> None:
    assert kgctl("--from-file", str(EXAMPLE), "--kubeconfig", "", "info").exit_code == 0
