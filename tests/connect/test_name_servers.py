"""Name servers of the cluster are used with their domains; those to which no route leads are told."""

from kgctl_py.config import AUTO
from kgctl_py.connect.name_servers import NameServers, choose_name_servers
from kgctl_py.findings.cluster_facts import Setting
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.notice import Level
from tests.in_memory import Cluster, InMemoryCluster

SERVICES, ELSEWHERE = parse_cidr("10.96.0.0/12"), parse_cidr("10.42.0.0/16")
CHOSEN = NameServers(("10.96.0.10",), ("svc.cluster.test", "cluster.test"))


class Known(InMemoryCluster):
    """A cluster whose DNS is known."""

    def _find_networks(self) -> Networks:
        dns = Setting(values=("10.96.0.10",), source="Service kube-dns")
        return Networks(dns=dns, domain=Setting(values=("cluster.test",), source="ConfigMap coredns"))


class Unknown(InMemoryCluster):
    """A cluster whose networks are unknown."""

    def _find_networks(self) -> Networks:
        return Networks()


def test_those_of_the_cluster_come_with_its_domains() -> None:
    chosen, notices = choose_name_servers(Known(Cluster().mesh), AUTO, (ELSEWHERE, SERVICES))
    assert chosen == CHOSEN
    assert not [one for one in notices if one.level is Level.WARNING]


def test_those_to_which_no_route_leads_are_warned_of() -> None:
    chosen, notices = choose_name_servers(Known(Cluster().mesh), AUTO, (ELSEWHERE,))
    (warned,) = (one.text for one in notices if one.level is Level.WARNING)
    assert chosen == CHOSEN
    assert "no route to the cluster DNS 10.96.0.10" in warned


def test_where_the_cluster_s_are_unknown_none_are_set() -> None:
    chosen, (notice,) = choose_name_servers(Unknown(Cluster().mesh), AUTO, (SERVICES,))
    assert chosen == NameServers()
    assert (notice.level, notice.hint) == (Level.WARNING, "use --dns IP,DOMAIN instead of --dns auto")


def test_those_that_are_typed_are_told_from_domains() -> None:
    words = ("10.9.0.1", "corp.test", "fd00::1")
    assert choose_name_servers(Unknown(Cluster().mesh), words, ()) == (
        NameServers(("10.9.0.1", "fd00::1"), ("corp.test",)),
        (),
    )
