"""`kgctl connect` on an API server whose nodes are only on paper: what it takes, refuses, marks and cleans up."""

import re
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.api import mesh
from tests.api.server import ApiServerProcess, running
from tests.slowness import SLOWNESS
from tests.tunnel.cluster import KeyPair, peer
from tests.tunnel.connection import DEFAULT_SIGNALS, PROCESS, Connection, Line, program, state
from tests.tunnel.host import Host, kernel_has_wireguard, until
from tests.tunnel.lab import Lab

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

IFACE = "kilo0"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    with running(tmp_path_factory.mktemp("api"), users=("reader",)) as server:
        for number, (name, location) in enumerate((("north", "alps"), ("south", "coast")), 1):
            server.create(resources.NODES_PATH, mesh.node(name, location, number))
        yield server


@pytest.fixture
def server(started: ApiServerProcess) -> ApiServerProcess:
    if not started.is_running:
        started.start()
    started.request("DELETE", resources.PEERS_PATH)
    return started


@pytest.fixture
def line(lab: Lab, server: ApiServerProcess) -> Iterator[Line]:
    line = Line(server, lab.folder)
    yield line
    line.close()


@pytest.fixture
def laptop(lab: Lab, line: Line) -> Host:
    laptop = lab.host("laptop")
    line.lead_to(laptop)
    return laptop


def peers(server: ApiServerProcess) -> dict[str, Any]:
    return {peer["metadata"]["name"]: peer for peer in server.request("GET", resources.PEERS_PATH)["items"]}


def refused(lab: Lab, server: ApiServerProcess, host: Host, *arguments: str, code: int = 1) -> str:
    """Run connect, which must refuse before it has changed anything, and give what it says."""
    before, peers_before = state(host), peers(server)
    connection = Connection(lab, server, host, *arguments)
    assert connection.ended() == code
    assert connection.events == []
    assert (state(host), peers(server)) == (before, peers_before)
    return connection.errors


@pytest.mark.parametrize("how", ["INT", "HUP", "TERM"])
def test_it_leaves_nothing_behind_after_any_signal(
    lab: Lab, server: ApiServerProcess, laptop: Host, how: str
) -> None:
    before = state(laptop)
    connection = Connection(lab, server, laptop, "laptop").is_up()
    (made,) = peers(server).values()
    assert made["spec"]["allowedIPs"] == ["10.5.0.1/32"]
    assert made["spec"]["persistentKeepalive"] == 10
    assert made["metadata"]["annotations"][names.CONNECTED].endswith("/kilo0")
    assert "kgctl connect laptop" in laptop.run("ip", "link", "show", IFACE)
    assert connection.end(how) == 0
    assert (state(laptop), peers(server)) == (before, {})
    assert [e["event"] for e in connection.events][-3:] == ["end", "interface", "peer"]


def test_the_options_are_what_the_interface_and_the_peer_become(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    key = KeyPair.make(lab.folder / "key")
    options = (
        "-a",
        "10.9.0.7",
        "-a",
        "fd00:9::7/128",
        "--private-key",
        str(key.file),
        "-i",
        "mesh1",
        "--mtu",
        "1380",
    )
    more = ("--persistent-keepalive", "25", "--allowed-ips", "10.77.0.0/16,10.78.0.0/16", "--resync-period", "5s")
    Connection(lab, server, laptop, "guest", *options, *more).is_up()
    made = peers(server)["guest"]["spec"]
    assert made["publicKey"] == key.public == laptop.wg("show", "mesh1", "public-key").strip()
    assert made["allowedIPs"] == ["10.9.0.7/32", "fd00:9::7/128"]
    shown = laptop.run("ip", "address", "show", "mesh1")
    assert "mtu 1380" in shown
    assert "10.9.0.7/32" in shown
    assert "fd00:9::7/128" in shown
    (first,) = (row for row in laptop.wg("show", "mesh1", "allowed-ips").splitlines() if "10.77.0.0/16" in row)
    assert first.split()[0] == mesh.key("north")
    assert "10.78.0.0/16 dev mesh1" in laptop.run("ip", "route")
    assert "every 25 seconds" in laptop.wg("show", "mesh1")


def test_no_clean_up_leaves_all_and_disconnect_removes_it(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    before = state(laptop)
    assert Connection(lab, server, laptop, "laptop", "--no-clean-up").is_up().end() == 0
    assert IFACE in laptop.wg("show", "interfaces")
    assert list(peers(server)) == ["laptop"]
    said = laptop.run(*program(server, "disconnect"))
    assert 'interface "kilo0" removed' in said
    assert 'peer "laptop" removed' in said
    assert (state(laptop), peers(server)) == (before, {})
    again = laptop.run(*program(server, "disconnect", "laptop"))
    assert again == (
        'kgctl: nothing to clean up: found neither an interface "kilo0" nor a peer "laptop" '
        'that "kgctl connect" created on this machine\n'
    )


def test_ctrl_c_does_not_end_the_program_of_the_interface(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    connection = Connection(lab, server, laptop, "laptop", "--no-clean-up").is_up()
    connection.press_ctrl_c()
    assert connection.ended() == 0
    assert IFACE in laptop.wg("show", "interfaces")


def test_disconnect_refuses_a_saved_cluster_before_it_removes_the_interface(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    assert Connection(lab, server, laptop, "laptop", "--no-clean-up").is_up().end() == 0
    saved = lab.folder / "cluster.yaml"
    saved.write_text("apiVersion: v1\nkind: List\nitems: []\n")
    said = laptop.run(*program(server, "--from-file", saved, "disconnect", "laptop"), check=False)
    assert "hint: leave out --from-file" in said
    assert IFACE in laptop.wg("show", "interfaces")


def test_disconnect_without_a_cluster_is_one_error(laptop: Host) -> None:
    missing = ("--kubeconfig", "/missing/kubeconfig")
    said = laptop.run(sys.executable, "-m", "kgctl_py", *missing, "disconnect", "laptop", check=False)
    first, *rest = said.splitlines()
    assert first.startswith('kgctl: interface "kilo0" not found, and kgctl cannot read peer "laptop": ')
    assert not [line for line in rest if not line.startswith("hint: ")]


def test_a_peer_of_the_same_name_with_another_key_is_refused_and_update_makes_it_this_hosts(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    server.create(resources.PEERS_PATH, peer("laptop", mesh.key("somebody"), "10.5.0.9/32"))
    said = refused(lab, server, laptop, "laptop")
    assert said.splitlines()[0] == 'kgctl: peer "laptop" already exists with another key'
    assert "--update" in said
    connection = Connection(lab, server, laptop, "laptop", "--update").is_up()
    assert peers(server)["laptop"]["spec"]["publicKey"] == laptop.wg("show", IFACE, "public-key").strip()
    assert "10.5.0.9/32" in laptop.run("ip", "address", "show", IFACE)
    assert connection.end() == 0
    assert list(peers(server)) == ["laptop"]  # connect did not make it


def test_a_peer_with_this_key_is_used_unchanged_and_stays(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    key = KeyPair.make(lab.folder / "key")
    server.create(resources.PEERS_PATH, peer("laptop", key.public, "10.5.0.9/32"))
    before = peers(server)
    connection = Connection(lab, server, laptop, "laptop", "--private-key", key.file).is_up()
    assert connection.end() == 0
    assert peers(server) == before


def test_a_peer_that_another_host_has_connected_is_refused(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    other = peer("laptop", mesh.key("somebody"), "10.5.0.9/32")
    other["metadata"]["annotations"] = {names.CONNECTED: "desk/kilo0"}
    server.create(resources.PEERS_PATH, other)
    said = refused(lab, server, laptop, "laptop")
    assert (
        said.splitlines()[0]
        == 'kgctl: peer "laptop" already exists with another key (connected from "desk/kilo0")'
    )


def test_an_interface_that_connect_did_not_make_is_refused_and_stays(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    laptop.start_wireguard(IFACE)
    said = refused(lab, server, laptop, "laptop")
    assert said.splitlines()[0] == 'kgctl: interface "kilo0" already exists and is not from "kgctl connect"'
    assert "--interface NAME" in said
    assert 'interface "kilo0" already exists and is not from "kgctl connect"' in laptop.run(
        *program(server, "disconnect"), check=False
    )
    Connection(lab, server, laptop, "laptop", "-i", "kilo1").is_up()


def test_after_kill_9_the_next_start_takes_over_what_it_had_left_behind(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    before = state(laptop)
    assert Connection(lab, server, laptop, "laptop").is_up().end("KILL") == -signal.SIGKILL
    left = peers(server)["laptop"]["spec"]
    assert IFACE in laptop.wg("show", "interfaces")
    second = Connection(lab, server, laptop, "laptop").is_up()
    assert second.tells("peer", "taken over")
    taken = peers(server)["laptop"]["spec"]
    assert taken["allowedIPs"] == left["allowedIPs"]
    assert left["publicKey"] != taken["publicKey"] == laptop.wg("show", IFACE, "public-key").strip()
    assert second.end() == 0
    assert (state(laptop), peers(server)) == (before, {})


def test_two_at_once_on_one_interface_are_not(lab: Lab, server: ApiServerProcess, laptop: Host) -> None:
    first = Connection(lab, server, laptop, "laptop").is_up()
    said = refused(lab, server, laptop, "other")
    assert re.match(r'kgctl: interface "kilo0" is in use by another kgctl, process \d+\n', said)
    assert "is in use by another kgctl" in laptop.run(*program(server, "disconnect"), check=False)
    assert first.end() == 0


def test_what_cannot_be_meant_is_refused_before_anything_is_done(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    bad = lab.folder / "bad.key"
    bad.write_text("no key at all")
    assert "does not start with a key" in refused(lab, server, laptop, "laptop", "--private-key", str(bad))
    assert "no such file" in refused(lab, server, laptop, "laptop", "--private-key", "/nowhere")
    assert "host bits set" in refused(lab, server, laptop, "laptop", "-a", "10.9.0.7/24", code=2)
    assert "is a network" in refused(lab, server, laptop, "laptop", "-a", "10.9.0.0/24", code=2)
    assert "already in use" in refused(lab, server, laptop, "laptop", "-a", "10.42.1.7")
    assert "is not a valid peer name" in refused(lab, server, laptop, "My_Laptop", code=2)
    assert "is not a valid interface name" in refused(lab, server, laptop, "laptop", "-i", "a/b", code=2)


def test_without_permission_one_line_says_what_is_missing(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    drop = ("setpriv", "--inh-caps=-net_admin", "--bounding-set=-net_admin")
    said = laptop.run(*drop, *program(server, "connect", "laptop"), check=False)
    assert said.splitlines() == [
        "kgctl: changing a network interface needs root, or CAP_NET_ADMIN",
        "hint: run the same command with sudo --preserve-env=KUBECONFIG",
    ]


def test_the_kernel_is_tried_first_and_without_it_and_wireguard_go_it_says_what_to_install(
    lab: Lab, server: ApiServerProcess, laptop: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(laptop)
    monkeypatch.setenv("WG_QUICK_USERSPACE_IMPLEMENTATION", "no-such")
    if kernel_has_wireguard():
        assert Connection(lab, server, laptop, "laptop").is_up().end() == 0
        return
    said = laptop.run(*program(server, "connect", "laptop"), check=False)
    assert 'this kernel has no WireGuard, and "no-such" is not on the PATH' in said
    assert (state(laptop), peers(server)) == (before, {})


def test_it_ends_in_time_without_the_api_server(lab: Lab, server: ApiServerProcess, laptop: Host) -> None:
    before = state(laptop)
    connection = Connection(lab, server, laptop, "laptop").is_up()
    server.stop()
    assert connection.tells("contact", "the interface does not change")
    assert connection.end(within=10) == 0
    assert state(laptop) == before
    assert 'peer "laptop" may still exist in the cluster' in connection.errors
    server.start()
    assert 'peer "laptop" removed' in laptop.run(*program(server, "disconnect", "laptop"))


def test_it_ends_in_time_if_the_api_server_does_not_respond(
    lab: Lab, server: ApiServerProcess, line: Line, laptop: Host
) -> None:
    before = state(laptop)
    connection = Connection(lab, server, laptop, "laptop").is_up()
    line.cut()
    assert connection.end(within=10) == 0
    assert state(laptop) == before
    assert f"hint: to remove it: kgctl --kubeconfig {server.kubeconfig()} peer rm laptop" in connection.errors


def test_a_second_ctrl_c_does_not_keep_it_from_cleaning_up(
    lab: Lab, server: ApiServerProcess, line: Line, laptop: Host
) -> None:
    before = state(laptop)
    connection = Connection(lab, server, laptop, "laptop").is_up()
    line.cut()
    connection.signal("INT")
    time.sleep(0.2)
    connection.signal("INT")
    assert connection.end(within=10) == 0
    assert state(laptop) == before


def test_removing_the_peer_ends_it(lab: Lab, server: ApiServerProcess, laptop: Host) -> None:
    before = state(laptop)
    connection = Connection(lab, server, laptop, "laptop").is_up()
    server.request("DELETE", f"{resources.PEERS_PATH}/laptop")
    assert connection.ended() == 1
    assert state(laptop) == before
    assert connection.errors == 'kgctl: peer "laptop" was removed from the cluster\n'


def test_a_peer_with_a_new_key_is_not_removed(lab: Lab, server: ApiServerProcess, laptop: Host) -> None:
    connection = Connection(lab, server, laptop, "laptop").is_up()
    (taken,) = peers(server).values()
    taken["spec"]["publicKey"] = mesh.key("somebody")
    taken["metadata"]["annotations"][names.CONNECTED] = "desk/kilo0"
    server.request("PUT", f"{resources.PEERS_PATH}/laptop", taken)
    assert connection.ended() == 1
    assert connection.errors == 'kgctl: the key of peer "laptop" was changed in the cluster\n'
    assert list(peers(server)) == ["laptop"]


def test_removing_the_interface_ends_it(lab: Lab, server: ApiServerProcess, laptop: Host) -> None:
    before = state(laptop)
    connection = Connection(lab, server, laptop, "laptop").is_up()
    laptop.run("ip", "link", "delete", IFACE)
    assert connection.ended() == 1
    assert connection.errors == 'kgctl: another program removed the interface "kilo0"\n'
    assert (state(laptop), peers(server)) == (before, {})


def test_another_address_of_the_peer_becomes_that_of_the_interface(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    Connection(lab, server, laptop, "laptop").is_up()
    (changed,) = peers(server).values()
    changed["spec"]["allowedIPs"] = ["10.5.0.77/32"]
    server.request("PUT", f"{resources.PEERS_PATH}/laptop", changed)
    assert until(lambda: "10.5.0.77/32" in laptop.run("ip", "address", "show", IFACE), within=2)
    assert "10.5.0.1/32" not in laptop.run("ip", "address", "show", IFACE)
    assert "10.42.1.0/24 dev kilo0" in laptop.run("ip", "route")


def test_the_resync_reverts_manual_changes(lab: Lab, server: ApiServerProcess, laptop: Host) -> None:
    Connection(lab, server, laptop, "laptop", "--resync-period", "1s").is_up()
    laptop.wg("set", IFACE, "peer", mesh.key("north"), "remove")
    laptop.run("ip", "route", "delete", "10.42.1.0/24", "dev", IFACE)
    assert until(lambda: "10.42.1.0/24" in laptop.wg("show", IFACE, "allowed-ips"), within=5)
    assert until(lambda: "10.42.1.0/24 dev kilo0" in laptop.run("ip", "route"), within=5)


def test_a_removed_peer_that_changes_then_is_put_back_whole_before_the_resync(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    key = KeyPair.make(lab.folder / "office").public
    server.create(resources.PEERS_PATH, peer("office", key, "10.5.0.20/32"))
    Connection(lab, server, laptop, "laptop", "--all-peers", "--resync-period", "1h").is_up()
    assert key in laptop.wg("show", IFACE, "peers")
    laptop.wg("set", IFACE, "peer", key, "remove")
    office = peers(server)["office"]
    office["spec"]["allowedIPs"] = ["10.5.0.20/32", "10.9.0.0/16"]
    server.request("PUT", f"{resources.PEERS_PATH}/office", office)

    def allowed_ips() -> set[str]:
        lines = (line.split() for line in laptop.wg("show", IFACE, "allowed-ips").splitlines())
        return {cidr for shown, *cidrs in lines if shown == key for cidr in cidrs}

    assert until(lambda: allowed_ips() == {"10.5.0.20/32", "10.9.0.0/16"}, within=30)


def test_a_network_that_another_interface_has_stays_there_with_a_warning(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    lab.join(laptop, lab.network("home"), "10.42.1.9/24")
    connection = Connection(lab, server, laptop, "laptop").is_up()
    assert connection.tells("warning", "the route to 10.42.1.0/24 is not added: another interface already has one")
    assert connection.end() == 0
    assert "10.42.1.0/24 dev home0" in laptop.run("ip", "route")


def test_names_of_the_cluster_are_asked_through_it_and_then_no_more(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    dns = ("--dns", "10.96.0.10,svc.cluster.local", "--services", "10.96.0.0/12")
    connection = Connection(lab, server, laptop, "laptop", *dns).is_up()
    during = laptop.run("cat", "/etc/resolv.conf")
    assert "nameserver 10.96.0.10" in during
    assert "search svc.cluster.local" in during
    assert connection.end() == 0
    after = laptop.run("cat", "/etc/resolv.conf").splitlines()
    assert [row for row in after if row and not row.startswith("#")] == []  # as before


def test_no_key_is_told_or_shown_to_other_users(lab: Lab, server: ApiServerProcess, laptop: Host) -> None:
    key, psk = KeyPair.make(lab.folder / "key"), KeyPair.make(lab.folder / "psk")
    secret = psk.file.read_text().strip()
    server.create(resources.PEERS_PATH, peer("laptop", key.public, "10.5.0.9/32", presharedKey=secret))
    connection = Connection(lab, server, laptop, "laptop", "--private-key", key.file, "--log-level", "all").is_up()
    assert secret in laptop.wg("show", IFACE, "preshared-keys")
    arguments = laptop.run("ps", "-eo", "args")
    assert connection.end() == 0
    for told in (connection.everything, arguments):
        assert key.file.read_text().strip() not in told
        assert secret not in told


def test_in_a_pipe_each_event_is_a_line_and_a_reader_that_goes_away_ends_it(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    before = state(laptop)
    script = f'{" ".join(map(str, program(server, "connect", "laptop")))} | head -1; echo "${{PIPESTATUS[0]}}"'
    shown, code = laptop.run("bash", "-c", script).splitlines()
    assert re.fullmatch(r'\S+Z info  peer "laptop" created: 10\.5\.0\.1/32', shown)
    assert code == "141"
    assert (state(laptop), peers(server)) == (before, {})


def test_on_a_terminal_the_state_stands_below_what_happened_and_is_gone_in_the_end(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    screen = lab.folder / "screen"
    command = "stty cols 100 rows 30; exec " + " ".join(map(str, program(server, "connect", "laptop")))
    with screen.open("wb") as output:
        script = (*DEFAULT_SIGNALS, "script", "-qefc", command, "/dev/null")
        process = laptop.popen(*script, stdout=output, stderr=output)

    def shown() -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.read_text())

    assert until(lambda: "location:coast   south    203.0.113.2:51820   none yet" in shown())
    assert re.search(rf"connecting\s+kilo0 \({laptop.wireguard}\) · peer laptop · mesh 10.4.0.0/16", shown())
    laptop.run("pkill", "-INT", "-f", PROCESS)
    assert process.wait(20 * SLOWNESS) == 0
    assert 'peer "laptop" removed' in shown()
    after = screen.read_text().rpartition("press Ctrl-C to disconnect")[2]
    assert after.count("\x1b[2K") >= 5  # the state is wiped away, line by line
    assert peers(server) == {}


def test_where_ipv6_is_off_the_rest_works_and_one_warning_says_so(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    laptop.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
    server.create(resources.PEERS_PATH, peer("six", KeyPair.make(lab.folder / "six").public, "fd00:5::20/128"))
    connection = Connection(
        lab, server, laptop, "laptop", "-a", "10.9.0.7", "-a", "fd00:9::7", "--all-peers"
    ).is_up()
    assert connection.tells("warning", "IPv6 is disabled on this machine")
    assert len([event for event in connection.events if event["event"] == "warning"]) == 1
    assert "10.9.0.7/32" in laptop.run("ip", "address", "show", IFACE)
    assert "10.4.0.1" in laptop.run("ip", "route")
    assert connection.end() == 0


def test_name_servers_that_another_program_removed_are_restored(
    lab: Lab, server: ApiServerProcess, laptop: Host
) -> None:
    options = ("--dns", "10.96.0.10,cluster.local", "--resync-period", "1s")
    connection = Connection(lab, server, laptop, "laptop", *options).is_up()
    assert "10.96.0.10" in laptop.run("cat", "/etc/resolv.conf")
    laptop.run("resolvconf", "-f", "-d", IFACE)
    assert "10.96.0.10" not in laptop.run("cat", "/etc/resolv.conf")
    assert connection.tells("dns", "name servers restored: 10.96.0.10")
    assert until(lambda: "10.96.0.10" in laptop.run("cat", "/etc/resolv.conf"))
    assert connection.end() == 0
    assert "10.96.0.10" not in laptop.run("cat", "/etc/resolv.conf")
