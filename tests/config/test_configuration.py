"""A whole configuration as a value: made from a cluster, a topology and settings, with remarks."""

import pytest

from kgctl_py.config import Form, PrivateKey, WgQuickSettings
from kgctl_py.config.configuration import Subject, node_subject, peer_subject
from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text
from kgctl_py.config.whole_files import key_of
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Code, Finding
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.notice import warning
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.keygen import public_key
from tests.in_memory import Cluster, InMemoryCluster, listening_peer, node, peer

PRIVATE = Key(bytes(range(32)))
NODES = (node("north", 1), node("south", 2, "b"))
LAPTOP = peer("laptop", 1, publicKey=str(public_key(PRIVATE)))
NO_SERVICES = WgQuickSettings(services=(), dns=())


def made(cluster: Cluster, name: str = "laptop") -> tuple[InMemoryCluster, Subject]:
    topology = cluster.topology()
    return InMemoryCluster(cluster.mesh), peer_subject(topology, topology.given_peers[name])


def test_findings_are_returned_and_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    cluster = Cluster(NODES, (LAPTOP, listening_peer("phone", 2, allowedIPs=["203.0.113.2/32"])))
    live, subject = made(cluster)
    configuration = wg_quick_configuration(live, cluster.topology(), subject, NO_SERVICES, PRIVATE)
    assert [remark.code for remark in configuration.remarks if isinstance(remark, Finding)] == [Code.LOOP]
    assert configuration.conf.interface
    assert configuration.conf.interface.private_key == PRIVATE
    assert wg_quick_text(configuration).startswith("# peer laptop\n[Interface]\nAddress = 10.5.0.1/32\n")
    assert capfd.readouterr() == ("", "")


def test_settings_win_over_what_the_subject_has() -> None:
    cluster = Cluster(NODES, (LAPTOP,))
    live, subject = made(cluster)
    settings = WgQuickSettings(
        addresses=(parse_cidr("10.9.9.9/32"),),
        services=(parse_cidr("10.96.0.0/12"),),
        dns=("10.96.0.10",),
        mtu=1300,
    )
    configuration = wg_quick_configuration(live, cluster.topology(), subject, settings, None)
    interface = configuration.conf.interface
    assert interface
    assert (interface.addresses, interface.dns, interface.mtu) == (settings.addresses, settings.dns, 1300)
    assert parse_cidr("10.96.0.0/12") in configuration.conf.peers[0].allowed_ips
    assert configuration.remarks == ()


def test_a_node_routes_no_services_unless_they_are_set_and_listens_on_its_port() -> None:
    cluster = Cluster(NODES, (LAPTOP,))
    topology = cluster.topology()
    subject = node_subject(topology, cluster.mesh().ready_nodes[0], 4500)
    live = InMemoryCluster(cluster.mesh)  # it has no objects to read the Service CIDR from
    configuration = wg_quick_configuration(live, topology, subject, WgQuickSettings(), None)
    assert configuration.conf.interface
    assert configuration.conf.interface.listen_port == 4500
    assert configuration.conf.interface.addresses == (parse_cidr("10.4.0.1/16"),)


def test_a_key_is_returned_with_its_notices_and_without_one_that_is_a_notice() -> None:
    _, subject = made(Cluster(NODES, (LAPTOP,)))
    exposed = warning("others can read it")
    given = Form(private_key=PrivateKey(key=PRIVATE, source="key", notices=(exposed,)))
    assert key_of(subject, given) == (PRIVATE, (exposed,))
    key, notices = key_of(subject, Form())
    assert key is None
    assert [notice.text.partition(":")[0] for notice in notices] == ["note"]


def test_the_key_of_another_peer_is_refused_and_not_shown() -> None:
    _, subject = made(Cluster(NODES, (LAPTOP,)))
    other = Key(bytes(range(1, 33)))
    with pytest.raises(KgctlError, match='private key in "key" does not belong to peer "laptop"') as refused:
        key_of(subject, Form(private_key=PrivateKey(key=other, source="key")))
    assert str(other) not in refused.value.message
