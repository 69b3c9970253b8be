"""`kgctl peer apply`: what files declare is made so, with keys and addresses that stay, and nothing else."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgctl_py import names
from kgctl_py.kube.api_error import ApiError
from kgctl_py.wireguard.endpoint import NAME_RULE
from tests.api.peers import public_key, value
from tests.cli.kgctl import kgctl
from tests.connect.in_memory_peers import InMemoryPeers
from tests.in_memory import EXAMPLE, key, peer
from tests.peers.fleet_cluster import FleetCluster, files_below

TABLE = "Name,Addresses,Public key,Owner,Description,Expires,Keepalive\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def labelled(name: str, number: int, set_name: str, **spec: Any) -> dict[str, Any]:
    one = peer(name, number, **spec)
    one["metadata"]["labels"] = {names.SET: set_name}
    return one


def table(*rows: str, header: str = TABLE) -> str:
    Path("fleet.csv").write_text(header + "".join(f"{row}\n" for row in rows))
    return "fleet.csv"


def refused(cluster: FleetCluster, *args: str, code: int = 1, stdin: str = "") -> str:
    """Return the error of a run that changes nothing and writes no file."""
    before, files = dict(cluster.kept.manifests), files_below(Path())
    result = cluster.apply(*args, stdin=stdin)
    assert (result.exit_code, result.stdout) == (code, ""), result.stderr
    assert (cluster.kept.manifests, files_below(Path())) == (before, files)
    return result.stderr


def test_a_table_creates_peers_and_writes_their_configurations(folder: Path) -> None:
    cluster = FleetCluster()
    file = table("ann,,,ann@example.com,her desk,2999-01-31,", f"bob,10.5.7.7,{key('bob')},,,,off")
    result = cluster.apply("-f", file, "-O", "confs")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.splitlines()[-4:] == [
        'kgctl: peer "ann" created: 10.5.0.1/32',
        'kgctl: peer "bob" created: 10.5.7.7/32',
        'kgctl: wrote 1 file to "confs"',
        "kgctl: 2 created",
    ]
    conf = (folder / "confs" / "ann.conf").read_text()
    assert stat.S_IMODE((folder / "confs" / "ann.conf").stat().st_mode) == 0o600
    assert value(conf, "Address") == "10.5.0.1/32"
    assert "10.5.7.7/32" not in conf  # no tunnel can open between two peers without endpoints
    assert cluster.specs() == {
        "ann": {"allowedIPs": ["10.5.0.1/32"], "persistentKeepalive": 25, "publicKey": public_key(conf)},
        "bob": {"allowedIPs": ["10.5.7.7/32"], "publicKey": key("bob")},
    }
    assert cluster.metadata("ann")["annotations"] == {
        names.OWNER: "ann@example.com",
        names.DESCRIPTION: "her desk",
        names.EXPIRES: "2999-01-31T00:00:00Z",
    }


def test_a_second_run_changes_nothing() -> None:
    cluster = FleetCluster(peer("old", 9))
    file = table("ann,,,ann@example.com,,,", "old,,,,,,")
    assert cluster.apply("-f", file, "-O", "confs", "--set", "office").exit_code == 0
    before = dict(cluster.kept.manifests)
    for options in ((), ("--prune",), ("--dry-run", "client")):
        result = cluster.apply("-f", file, "--set", "office", *options)
        assert (result.exit_code, result.stdout) == (0, ""), result.stderr
        assert result.stderr.startswith("kgctl: 2 unchanged")
        assert cluster.kept.manifests == before


def test_an_existing_peer_keeps_what_the_table_leaves_out() -> None:
    old = peer("ann", 7, persistentKeepalive=11, presharedKey=key("psk"))
    old["metadata"] |= {"annotations": {"git": "kept", names.OWNER: "bob"}, "labels": {"team": "a"}}
    cluster = FleetCluster(old)
    result = cluster.apply("-f", table("ann,carol", header="Name,Owner\n"))
    assert result.stderr.splitlines()[-2:] == ['kgctl: peer "ann" changed: owner bob -> carol', "kgctl: 1 changed"]
    assert cluster.specs()["ann"] == old["spec"]
    assert cluster.metadata("ann") == {
        "annotations": {"git": "kept", names.OWNER: "carol"},
        "labels": {"team": "a"},
    }


def test_an_empty_cell_of_an_annotation_removes_it() -> None:
    old = peer("ann", 7)
    old["metadata"]["annotations"] = {names.OWNER: "bob", names.EXPIRES: "2999-01-01T00:00:00Z"}
    cluster = FleetCluster(old)
    assert cluster.apply("-f", table("ann,,bob", header="Name,Expires,Owner\n")).exit_code == 0
    assert cluster.metadata("ann") == {"annotations": {names.OWNER: "bob"}}


WHOLE = yaml.safe_dump(peer("pa", 3)).encode()


@pytest.mark.parametrize(
    "content",
    [b"", b"# nothing\n", WHOLE[:20], WHOLE[:8], b"\xff\xfe\x00\x01\x02", b"{", b"[Interface]\nPrivateKey = x\n"],
)
@pytest.mark.parametrize("name", ["pa.yaml", "pa.json"])
def test_a_damaged_file_of_a_folder_removes_no_peer(folder: Path, content: bytes, name: str) -> None:
    (folder / "d").mkdir()
    (folder / "d" / "pb.yaml").write_text(yaml.safe_dump(peer("pb", 4)))
    (folder / "d" / name).write_bytes(content)
    cluster = FleetCluster(labelled("pa", 3, "s"), labelled("pb", 4, "s"))
    assert f"d/{name}" in refused(cluster, "-f", "d", "--set", "s", "--prune", "--yes")


def test_a_folder_can_have_tables_in_upper_case_manifests_in_utf_16_and_files_for_other_programs(
    folder: Path,
) -> None:
    (folder / "d").mkdir()
    (folder / "d" / "A.CSV").write_text(f"Name,Public key\nann,{key('ann')}\n")
    (folder / "d" / "pa.YAML").write_text(yaml.safe_dump(peer("pa", 3)), encoding="utf-16")
    for name, text in {
        "values.yaml": "image: kilo\n",
        "Chart.yaml": "apiVersion: v2\nname: vpn\nversion: 1.0.0\n",
        "template.yaml": "{{ if .Values.on }}\nkind: ConfigMap\n{{ end }}\n",
        "other.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    }.items():
        (folder / "d" / name).write_text(text)
    cluster = FleetCluster()
    result = cluster.apply("-f", "d")
    assert result.exit_code == 0, result.stderr
    assert sorted(cluster.specs()) == ["ann", "pa"]


def test_a_folder_that_cannot_be_written_is_known_before_a_peer_changes(folder: Path) -> None:
    cluster = FleetCluster(labelled("gone", 1, "office"))
    (folder / "file").touch()
    for place in ("/proc/no-such", "file/below", "missing/below"):
        said = refused(cluster, "-f", table("new,,,,,,"), "--set", "office", "--prune", "--yes", "-O", place)
        assert f'cannot write "{place}"' in said


def test_a_dry_run_shows_the_changes_and_makes_none() -> None:
    cluster = FleetCluster(labelled("gone", 1, "office"), labelled("old", 2, "office"))
    file = table("old,10.5.0.3,,,,,", "new,,,,,,")
    before = dict(cluster.kept.manifests)
    result = cluster.apply("-f", file, "--set", "office", "--prune", "--dry-run", "client")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        '- peer "gone"',
        '~ peer "old": allowed IPs 10.5.0.2/32 -> 10.5.0.3/32',
        '+ peer "new": 10.5.0.4/32, with a new key pair',
    ]
    assert result.stderr.endswith("kgctl: 1 created, 1 changed, 1 removed (dry run)\n")
    assert cluster.kept.manifests == before
    assert files_below(Path()) == ["fleet.csv"]


def test_only_peers_of_the_set_are_pruned() -> None:
    others = (labelled("theirs", 1, "factory"), peer("nobody's", 2), labelled("gone", 3, "office"))
    cluster = FleetCluster(*others, labelled("old", 4, "office"))
    result = cluster.apply("-f", table("old,,,,,,"), "--set", "office", "--prune", "--yes")
    assert result.stderr.splitlines()[-2:] == ['kgctl: peer "gone" removed', "kgctl: 1 removed, 1 unchanged"]
    assert sorted(cluster.specs()) == ["nobody's", "old", "theirs"]


def test_removing_needs_a_yes() -> None:
    cluster = FleetCluster(labelled("gone", 3, "office"), labelled("old", 4, "office"))
    said = refused(cluster, "-f", table("old,,,,,,"), "--set", "office", "--prune", code=2)
    assert said.startswith('kgctl: refusing to remove peer "gone" without --yes')


def test_without_prune_nothing_is_removed() -> None:
    cluster = FleetCluster(labelled("gone", 3, "office"))
    assert cluster.apply("-f", table(f"new,,{key('new')},,,,"), "--set", "office").exit_code == 0
    assert sorted(cluster.specs()) == ["gone", "new"]


def test_a_renamed_peer_keeps_its_key_which_is_released_first() -> None:
    cluster = FleetCluster(labelled("old", 4, "office"))
    file = table(f"new,10.5.0.4,{key('old')},,,,")
    assert "is already in use by peer" in refused(cluster, "-f", file, "--set", "office")
    result = cluster.apply("-f", file, "--set", "office", "--prune", "--yes")
    assert [line for line in result.stderr.splitlines() if '"' in line] == [
        'kgctl: peer "old" removed',
        'kgctl: peer "new" created: 10.5.0.4/32',
    ]


def test_a_key_moves_from_peer_to_peer_in_the_order_in_which_it_is_released() -> None:
    cluster = FleetCluster(peer("a", 1), peer("b", 2), peer("c", 3))
    result = cluster.apply("-f", table(f"a,,{key('b')},,,,", f"b,,{key('c')},,,,", f"c,,{key('d')},,,,"))
    told = [line.split('"')[1] for line in result.stderr.splitlines() if "changed:" in line]
    assert told == ["c", "b", "a"]
    assert [spec["publicKey"] for spec in cluster.specs().values()] == [key("b"), key("c"), key("d")]


def test_two_peers_cannot_exchange_their_keys() -> None:
    cluster = FleetCluster(peer("a", 1), peer("b", 2))
    said = refused(cluster, "-f", table(f"a,,{key('b')},,,,", f"b,,{key('a')},,,,"))
    assert said.startswith('kgctl: peers "a", "b" exchange their public keys')


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            (f"new,,{key('north')},,,,",),
            f'fleet.csv:2: peer "new": the public key {key("north")} is already in use',
        ),
        ((f"new,,{key('old')},,,,",), 'is already in use by peer "old"'),
        ((f"new,10.5.0.9,{key('new')},,,,",), 'the allowed IP "10.5.0.9/32" is already in use: 10.5.0.9/32 is an'),
        ((f"new,10.42.1.7,{key('new')},,,,",), 'is already in use: 10.42.1.0/24 is the pod CIDR of node "north"'),
        ((f"new,10.5.0.0/24,{key('new')},,,,",), 'is already in use: 10.5.0.9/32 is an allowed IP of peer "old"'),
        (("old,10.42.1.7,,,,,",), 'peer "old": the allowed IP "10.42.1.7/32" is already in use'),
        (("new-,,,,,,",), 'fleet.csv:2: "new-" is not a valid peer name: use ' + NAME_RULE),
        ((",10.5.0.1,,,,,",), "fleet.csv:2: the peer has no name"),
        (("a,,,,,,", "a,,,,,,"), 'fleet.csv:3: peer "a" is also in fleet.csv:2'),
        (("new,10.5.0.7/24,,,,,",), 'fleet.csv:2: Addresses "10.5.0.7/24" has host bits set'),
        (("new,10.5.0.300,,,,,",), 'fleet.csv:2: Addresses "10.5.0.300" is neither an IP address nor a CIDR'),
        (("new,,abc,,,,",), 'fleet.csv:2: Public key "abc" is not a WireGuard key (32 bytes in base64)'),
        (("new,,,,,7d,",), 'fleet.csv:2: Expires "7d" is a duration, which would start again at each run'),
        (("new,,,,,31.01.2027,",), 'fleet.csv:2: Expires "31.01.2027" is not a date such as 2027-01-31'),
        (("new,,,,,,70000",), 'fleet.csv:2: Keepalive "70000" is not a number of seconds'),
        (("new,10.5.0.7,10.5.0.8,,,,,",), 'fleet.csv:2: Public key "10.5.0.8" is not a WireGuard key'),
        (("new,,,,,,,more",), "fleet.csv:2: the line has 8 cells, but the table has 7 columns"),
        (('new,"10.5.0.7,,,,,',), "fleet.csv:2: not valid CSV: unexpected end of data"),
        ((), '"fleet.csv" contains no Peer'),
    ],
)
def test_a_mistake_in_a_table_is_one_line_and_changes_nothing(rows: tuple[str, ...], said: str) -> None:
    text = refused(FleetCluster(peer("old", 9)), "-f", table(*rows), "-O", "confs")
    assert said in text
    assert len([line for line in text.splitlines() if not line.startswith("hint: ")]) == 1


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Name,Adress\n", '"Adress" is not a column'),
        ("Name,IP,Addresses\n", 'the column "Addresses" is the same as the column "IP"'),
        ("Owner\n", 'the column "Name" is missing'),
    ],
)
def test_a_mistake_in_the_columns_is_told(header: str, said: str) -> None:
    assert f"kgctl: fleet.csv:1: {said}" in refused(FleetCluster(), "-f", table("a,b", header=header))


@pytest.mark.parametrize("row", ["a,,more", "a,more,", "a,more"])
def test_a_cell_below_no_name_is_a_mistake_also_beside_an_empty_one(row: str) -> None:
    text = refused(FleetCluster(), "-f", table(row, header="Name,,\n"), "-O", "confs")
    assert 'fleet.csv:2: "more" is in a column without a name' in text


def test_an_endpoint_that_no_host_can_have_is_a_mistake() -> None:
    text = refused(FleetCluster(), "-f", table("new,0.0.0.0:51820", header="Name,Endpoint\n"), "-O", "confs")
    assert 'fleet.csv:2: Endpoint "0.0.0.0:51820" is not the address of a host' in text


def test_all_mistakes_are_told_at_once() -> None:
    text = refused(FleetCluster(peer("old", 9)), "-f", table("a,10.5.0.9,,,,,", "b,10.42.1.1,,,,,"), "-O", "confs")
    lines = [line for line in text.splitlines() if not line.startswith("hint: ")]
    assert [line.partition(": peer")[0] for line in lines[:2]] == [
        "kgctl: fleet.csv:2",
        "kgctl: fleet.csv:3",
    ]
    assert lines[2:] == ["kgctl: nothing changed: the files have 2 mistakes"]


def test_all_cells_that_cannot_be_read_are_told_at_once() -> None:
    rows = (
        "a,10.5.0.300,abc,,,,",
        "a b,,,,,,",
        ",,,Kim,,,",
        "c,10.5.0.9,,,,,5",
        "c,10.5.0.8,,,,,",
        "d,,,,,,x,more",
    )
    text = refused(FleetCluster(), "-f", table(*rows), "-O", "confs")
    lines = [line.removeprefix("kgctl: fleet.csv:") for line in text.splitlines()]
    assert [line.partition(" is ")[0] for line in lines if not line.startswith("hint: ")] == [
        '2: Addresses "10.5.0.300"',
        '2: Public key "abc"',
        '3: "a b"',
        "4: the peer has no name",
        '6: peer "c"',
        "7: the line has 8 cells, but the table has 7 columns",
        "kgctl: nothing changed: the files have 6 mistakes",
    ]


def test_of_many_mistakes_the_first_are_shown() -> None:
    text = refused(FleetCluster(), "-f", table(*(f"n{number},x,,,,," for number in range(50))))
    *shown, last = text.splitlines()
    assert len(shown) == 20
    assert last == "kgctl: nothing changed: the files have 50 mistakes, of which the first 20 are shown"


def test_the_mistakes_of_several_files_are_told_at_once() -> None:
    written = {"a.yaml": peer("a", allowedIPs=["x"]), "b.yaml": peer("b", publicKey="x", endpoint=7)}
    for name, one in written.items():
        Path(name).write_text(json.dumps(one))
    Path("c.yaml").write_text("a: [\n")
    text = refused(FleetCluster(), *(word for name in (*written, "c.yaml") for word in ("-f", name)))
    places = [line.removeprefix("kgctl: ").partition(": ")[0] for line in text.splitlines()]
    assert [place for place in places if not place.startswith("hint")] == [
        *("a.yaml:1", "b.yaml:1", "c.yaml:2"),
        "nothing changed",
    ]


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "224.0.0.1", "0.0.0.0", "255.255.255.255", "169.254.1.1", "fe80::1", "::1"]
)
def test_an_address_that_no_peer_can_have_is_refused(text: str) -> None:
    assert "so no peer can have it" in refused(FleetCluster(), "-f", table(f"a,{text},,,,,"), "-O", "confs")
    manifest = peer("a", allowedIPs=[f"{text}/{128 if ':' in text else 32}"])
    Path("a.yaml").write_text(json.dumps(manifest))
    assert "so no peer can have it" in refused(FleetCluster(), "-f", "a.yaml")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_as_spreadsheets_write_it(separator: str, end: str) -> None:
    cells = [["name", "ALLOWED IPs", "public_key"], ["ann", '"10.5.0.7, 10.5.0.8/32"', key("ann")], ["", "", ""]]
    text = "".join(separator.join(row) + end for row in cells)
    Path("fleet.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    cluster = FleetCluster()
    assert cluster.apply("-f", "fleet.csv").exit_code == 0
    assert cluster.specs()["ann"]["allowedIPs"] == ["10.5.0.7/32", "10.5.0.8/32"]


def test_a_table_that_is_not_in_utf_8_is_refused() -> None:
    Path("fleet.csv").write_bytes("Name,Owner\nann,J\xfcrgen\n".encode("latin-1"))
    assert refused(FleetCluster(), "-f", "fleet.csv") == (
        'kgctl: fleet.csv:2: the file is not UTF-8\nhint: save it as "CSV UTF-8"\n'
    )


def test_a_new_key_needs_a_place() -> None:
    assert "hint: add -O DIR, or declare its public key\n" in refused(
        FleetCluster(), "-f", table("a,,,,,,"), code=2
    )


@pytest.mark.parametrize("options", [("-O", "confs"), ("--dry-run", "client"), ("--dry-run", "server")])
def test_a_new_key_needs_an_address_for_its_configuration_also_in_a_dry_run(options: tuple[str, ...]) -> None:
    file = table('site,"192.168.20.0/24, 192.168.21.0/24",,,,,')
    assert refused(FleetCluster(), "-f", file, *options) == (
        'kgctl: fleet.csv:2: peer "site" has no /32 or /128 allowed IP to use as the interface address\n'
        "hint: declare an address, such as 10.5.0.7/32, or a public key\n"
    )


@pytest.mark.parametrize("options", [("-O", "confs"), ("--dry-run", "client"), ("--dry-run", "server")])
def test_a_new_key_needs_an_ipv4_address_if_its_configuration_leaves_out_ipv6(options: tuple[str, ...]) -> None:
    file = table("six,fd00:5::9/128,,,,,", f"keyed,fd00:5::8/128,{key('keyed')},,,,")
    assert refused(FleetCluster(), "-f", file, "--ipv4-only", *options) == (
        'kgctl: fleet.csv:2: peer "six" has no IPv4 address, which --ipv4-only needs\n'
        "hint: declare one, such as 10.5.0.7/32, or leave out --ipv4-only\n"
    )


def test_a_network_needs_an_address_only_with_a_new_key() -> None:
    file = table(f"site,192.168.20.0/24,{key('site')},,,,", 'other,"10.5.0.9/32, 192.168.21.0/24",,,,,')
    result = FleetCluster().apply("-f", file, "-O", "confs")
    assert result.exit_code == 0, result.stderr
    assert "10.5.0.9/32" in value(Path("confs", "other.conf").read_text(), "Address")


def test_a_configuration_that_exists_is_not_replaced() -> None:
    Path("confs").mkdir()
    Path("confs", "a.conf").write_text("the only copy of a key")
    file = table("a,,,,,,", "b,,,,,,")
    assert '"confs/a.conf" already exists' in refused(FleetCluster(), "-f", file, "-O", "confs")
    assert FleetCluster().apply("-f", file, "-O", "confs", "--force").exit_code == 0
    assert files_below(Path("confs")) == ["a.conf", "b.conf"]


class BusyPeers(InMemoryPeers):
    """Peers in memory; while one is created, somebody else creates a file where the configurations belong."""

    def create(self, manifest: dict[str, Any]) -> dict[str, Any]:
        Path("confs").write_text("of somebody else")
        return super().create(manifest)


def test_peers_whose_configurations_cannot_be_delivered_are_removed_again() -> None:
    cluster = FleetCluster(kept=BusyPeers(peer("old", 9)))
    result = cluster.apply("-f", table("a,,,,,,", "b,,,,,,"), "-O", "confs")
    assert result.exit_code == 1
    told = [line for line in result.stderr.splitlines() if line.endswith(" again")]
    assert told == ['kgctl: peer "b" removed again', 'kgctl: peer "a" removed again']
    assert sorted(cluster.specs()) == ["old"]


class UntouchablePeers(InMemoryPeers):
    """Peers in memory, of which "old" cannot be changed."""

    def replace(self, manifest: dict[str, Any]) -> dict[str, Any]:
        if manifest["metadata"]["name"] == "old":
            raise ApiError('peers "old" is forbidden', status=403)
        return super().replace(manifest)


def test_a_change_that_fails_leaves_the_key_of_a_removed_peer_to_one_that_shares_it() -> None:
    gone = labelled("gone", 3, "office")
    twin = peer("twin", 4, publicKey=gone["spec"]["publicKey"])
    cluster = FleetCluster(kept=UntouchablePeers(gone, labelled("old", 5, "office"), twin))
    result = cluster.apply("-f", table("old,10.5.0.8,,,,,"), "--set", "office", "--prune", "--yes")
    assert (result.exit_code, sorted(cluster.specs())) == (1, ["old", "twin"])
    assert result.stderr.splitlines()[-3:] == [
        'kgctl: peer "gone" removed',
        'kgctl: peer "twin" has the same public key; kgctl updated it, so that agents keep it',
        'kgctl: peers "old" is forbidden',
    ]


class ChangedPeers(InMemoryPeers):
    """Peers in memory, each of which somebody else changes before it is read alone."""

    def get(self, name: str) -> dict[str, Any]:
        self.manifests[name]["spec"]["persistentKeepalive"] = 7
        return super().get(name)


def test_a_peer_that_changes_meanwhile_is_not_changed_and_no_other_is_created() -> None:
    cluster = FleetCluster(kept=ChangedPeers())
    cluster.kept.manifests["old"] = peer("old", 9)
    result = cluster.apply("-f", table("old,10.5.0.8,,,,,", f"a,,{key('a')},,,,"))
    assert (result.exit_code, sorted(cluster.specs())) == (1, ["old"])
    assert cluster.specs()["old"]["allowedIPs"] == ["10.5.0.9/32"]
    assert 'kgctl: another program changed peer "old"\nhint: run the command again\n' in result.stderr


def test_an_expired_peer_is_not_created_again_and_stays_if_it_exists() -> None:
    cluster = FleetCluster()
    file = table(f"guest,,{key('guest')},,,2001-01-01,", f"ann,,{key('ann')},,,,")
    result = cluster.apply("-f", file)
    assert 'kgctl: peer "guest" not created: it has expired (fleet.csv:2)\n' in result.stderr
    assert sorted(cluster.specs()) == ["ann"]


def test_a_disabled_peer_stays_disabled_and_its_addresses_can_change() -> None:
    disabled = peer("ann", allowedIPs=[])
    disabled["metadata"]["annotations"] = {names.DISABLED_IPS: "10.5.0.7/32"}
    cluster = FleetCluster(disabled)
    assert "1 unchanged" in cluster.apply("-f", table("ann,10.5.0.7,,,,,")).stderr
    assert cluster.apply("-f", table("ann,10.5.0.8,,,,,")).exit_code == 0
    assert cluster.specs()["ann"]["allowedIPs"] == []
    assert cluster.metadata("ann")["annotations"] == {names.DISABLED_IPS: "10.5.0.8/32"}


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({names.SET: "factory"}, 'belongs to the set "factory"'),
        ({names.PEERING: "edge"}, 'belongs to the peering "edge"'),
        ({names.CLUSTERMESH: "all"}, 'belongs to the ClusterMesh "all"'),
    ],
)
@pytest.mark.parametrize("options", [(), ("--set", "office", "--prune", "--yes")])
def test_the_peers_of_others_are_not_changed(labels: dict[str, str], said: str, options: tuple[str, ...]) -> None:
    other = peer("ann", 7)
    other["metadata"]["labels"] = labels
    assert said in refused(FleetCluster(other), "-f", table("ann,,,bob,,,"), *options)


def test_manifests_keep_keys_and_addresses_and_remove_what_they_leave_out(folder: Path) -> None:
    endpoint = {"dnsOrIP": {"ip": "192.0.2.1"}, "port": 51820}
    cluster = FleetCluster(peer("ann", 7, endpoint=endpoint, persistentKeepalive=25, presharedKey=key("psk")))
    one = {"apiVersion": names.API_VERSION, "kind": "Peer", "metadata": {"name": "ann"}, "spec": {}}
    two = {**one, "metadata": {"name": "bob", "labels": {"team": "a"}}, "spec": {"persistentKeepalive": 5}}
    (folder / "peers" / "deep").mkdir(parents=True)
    (folder / "peers" / "ann.yaml").write_text(
        yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [one]})
    )
    (folder / "peers" / "deep" / "bob.json").write_text(yaml.safe_dump(two))
    (folder / "peers" / "chart.yaml").write_text("{{ a template }}")
    result = cluster.apply("-f", "peers", "-O", "confs")
    assert result.exit_code == 0, result.stderr
    specs = cluster.specs()
    assert specs["ann"] == {"allowedIPs": ["10.5.0.7/32"], "publicKey": key("ann"), "presharedKey": key("psk")}
    assert specs["bob"] == {
        "allowedIPs": ["10.5.0.1/32"],
        "persistentKeepalive": 5,
        "publicKey": public_key(Path("confs", "bob.conf").read_text()),
    }
    assert cluster.metadata("bob") == {"labels": {"team": "a"}}
    assert cluster.apply("-f", "peers").stderr.endswith("kgctl: 2 unchanged\n")


def test_a_wireguard_configuration_in_a_fleet_is_recognized() -> None:
    text = f"[Interface]\nPrivateKey = {key('a')}\n[Peer]\nPublicKey = {key('b')}\nAllowedIPs = 10.5.0.0/16\n"
    Path("wg0.conf").write_text(text)
    told = refused(FleetCluster(), "-f", "wg0.conf")
    assert told.startswith("kgctl: wg0.conf: it is a WireGuard configuration\nhint: to create a Peer from it,")


def test_what_kubectl_prints_is_unchanged() -> None:
    disabled = peer("off", allowedIPs=[])
    disabled["metadata"]["annotations"] = {names.DISABLED_IPS: "10.5.0.7/32"}
    cluster = FleetCluster(peer("ann", 8, presharedKey=key("psk")), disabled)
    saved = yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": list(cluster.kept.manifests.values())})
    assert cluster.apply("-f", "-", stdin=saved).stderr == "kgctl: 2 unchanged\n"
    other = FleetCluster()
    assert other.apply("-f", "-", stdin=saved).exit_code == 0
    assert other.specs() == cluster.specs()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("{alowedIPs: [10.5.0.1/32]}", 'stdin:1: peer "ann": spec.alowedIPs is not a field of a Peer'),
        ("{allowedIPs: [10.5.0.1]}", 'peer "ann": spec.allowedIPs[0] "10.5.0.1"'),
        ("{publicKey: short}", 'peer "ann": spec.publicKey "short" is not a WireGuard key (32 bytes in base64)'),
        ("{presharedKey: secret}", 'peer "ann": spec.presharedKey is not a WireGuard key'),
        ("[", "not valid YAML or JSON"),
        (
            "{publicKey: '${KEY}'}",
            'peer "ann": spec.publicKey is unknown, because Flux replaces it\nhint: replace',
        ),
        ("{allowedIPs: ['{{ .ip }}']}", "spec.allowedIPs[0] is unknown, because Helm replaces it\nhint: render"),
        ("{presharedKey: '<path:a#secret>'}", "spec.presharedKey is unknown, because Argo CD Vault Plugin"),
        ("\n{{ .Values.spec }}\n", "stdin: it is a template"),
    ],
)
def test_a_mistake_in_a_manifest_is_one_line_and_changes_nothing(spec: str, said: str) -> None:
    text = f"{{apiVersion: {names.API_VERSION}, kind: Peer, metadata: {{name: ann}}, spec: {spec}}}"
    told = refused(FleetCluster(), "-f", "-", stdin=text)
    assert said in told
    assert "secret" not in told


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "missing option -f"),
        (("-f", "nothing.csv"), 'cannot read "nothing.csv"'),
        (("-f", "fleet.csv", "--prune"), "--prune needs --set"),
        (("-f", "fleet.csv", "--set", "a b"), '--set "a b" is not a valid label value'),
        (("-f", "fleet.csv", "--pool", "10.5"), '--pool "10.5"'),
        (("-f", "fleet.csv", "--address", "10.5.0.1"), "--address does not work with several peers"),
    ],
)
def test_a_mistake_on_the_command_line_is_told(args: tuple[str, ...], said: str) -> None:
    table(f"a,,{key('a')},,,,")
    result = FleetCluster().apply(*args)
    assert (result.exit_code, result.stdout) in [(1, ""), (2, "")]
    assert said in result.stderr


def test_a_finding_that_appears_is_told_before_anything_changes() -> None:
    cluster = FleetCluster()
    result = cluster.apply("-f", table(f"a,,{key('a')},,,,off"))
    assert 'kgctl: warning: K-PEER-ROAM peer "a"' in result.stderr
    assert result.exit_code == 0


def test_names_of_the_files_and_of_the_cluster_cannot_move_the_cursor() -> None:
    old = peer("ann", 7)
    old["metadata"]["annotations"] = {names.OWNER: "x\x1b[2J\ny"}
    result = FleetCluster(old).apply("-f", table("ann,,,bob,,,"), "--dry-run", "client")
    assert result.stdout == '~ peer "ann": owner x\\x1b[2J\\ny -> bob\n'


def test_a_saved_cluster_shows_the_changes_and_refuses_them() -> None:
    file = table("laptop,,,bob@example.com,,,", f"new,,{key('new')},,,,")
    apply = ("--from-file", str(EXAMPLE), "--no-resolve", "peer", "apply", "-f", file)
    shown = kgctl(*apply, "--dry-run", "client")
    assert shown.stdout == (
        '~ peer "laptop": owner ann@example.com -> bob@example.com\n'
        '~ peer "laptop": description the laptop in the examples -> <none>\n'
        '+ peer "new": 10.5.0.5/32\n'
    )
    for dry_run in ((), ("--dry-run", "server")):
        refusal = kgctl(*apply, *dry_run)
        assert (refusal.exit_code, refusal.stdout) == (2, "")
        assert refusal.stderr == "kgctl: cannot change Peers with --from-file\nhint: leave out --from-file\n"


@pytest.mark.parametrize(
    "command", [("add", "new", "--public-key", key("new"), "--print", "none"), ("set", "old")]
)
def test_add_and_set_refuse_an_address_that_no_peer_can_have(command: tuple[str, ...]) -> None:
    cluster = FleetCluster(peer("old", 9))
    for text in ("127.0.0.1", "ff02::1", "169.254.0.0/24"):
        done = kgctl("--no-resolve", "peer", *command, "--ip", text, cluster=cluster)
        assert (done.exit_code, list(cluster.specs())) == (1, ["old"])
        assert "so no peer can have it" in done.stderr
    assert cluster.specs()["old"]["allowedIPs"] == ["10.5.0.9/32"]


def test_a_pool_of_addresses_that_no_peer_can_have_is_refused() -> None:
    assert "so no peer can have it" in refused(
        FleetCluster(), "-f", table("a,,,,,,"), "-O", "confs", "--pool", "127.0.0.0/8"
    )


@pytest.mark.parametrize("date", ["0001-01-01", "0999-12-31T23:59:59Z", "1969-12-31"])
def test_a_peer_of_a_distant_past_has_expired_and_is_not_created(date: str) -> None:
    cluster = FleetCluster()
    result = cluster.apply("-f", table(f"bob,,{key('bob')},,,{date},"))
    assert (result.exit_code, cluster.kept.manifests) == (0, {}), result.stderr
    assert 'peer "bob" not created: it has expired (fleet.csv:2)' in result.stderr


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "9999999-01-01"])
def test_a_time_outside_the_calendar_is_no_date(date: str) -> None:
    assert "is not a date such as 2027-01-31" in refused(
        FleetCluster(), "-f", table(f"bob,,{key('bob')},,,{date},")
    )
