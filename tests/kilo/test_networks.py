"""What is found in the clusters that people run, and which place is believed first."""

import ipaddress
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.errors import KgctlError
from kgctl_py.findings.cluster_facts import Setting
from kgctl_py.kilo.find_networks import find_networks
from kgctl_py.kilo.kg_workloads_and_flags import Flags
from kgctl_py.kilo.network_sources import NetworkSources
from kgctl_py.wireguard.endpoint import is_dns_name, parse_ip
from tests.in_memory import Cluster as Nodes
from tests.in_memory import node
from tests.kube.objects import (
    Cluster,
    Manifest,
    api_server,
    config_map,
    kilo,
    manifest,
    server_node,
    service,
    service_cidr,
)

CLUSTER_CONFIGURATION = """\
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.33.2
networking:
  dnsDomain: kube.example.org
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12,fd00:96::/108
"""
COREFILE = """\
.:53 {
    errors
    # kubernetes comment.example {
    kubernetes cluster.example in-addr.arpa ip6.arpa {
        pods insecure
    }
}
"""
KUBEADM = (
    kilo("--mesh-granularity=full", "--topology-label", "rack", "--port=4000", "--mtu=1380"),
    api_server("--service-cluster-ip-range=10.96.0.0/12"),
    config_map("kubeadm-config", ClusterConfiguration=CLUSTER_CONFIGURATION),
    config_map("coredns", Corefile=COREFILE),
    service("kube-system/kube-dns", "10.96.0.10", k8s_app="kube-dns"),
    service("default/kubernetes", "10.96.0.1"),
)
K3S = (
    kilo("--interface=kilo0"),
    server_node(
        '["server","--cluster-cidr","10.44.0.0/16","--service-cidr","10.45.0.0/16","--cluster-domain=k3s.example"]'
    ),
    service("kube-system/kube-dns", "10.45.0.10", k8s_app="kube-dns"),
    service("kube-system/metrics-server", "10.45.3.4"),
)
RKE2 = (
    kilo(),
    api_server("--service-cluster-ip-range=10.43.0.0/16", key="args"),
    server_node('["server", "--cni", "none"]', "rke2.io/node-args"),
    config_map("rke2-coredns-rke2-coredns", Corefile=COREFILE),
    service("kube-system/rke2-coredns-rke2-coredns", "10.43.0.10", k8s_app="kube-dns"),
)
TYPHOON = (
    kilo(),
    api_server("--service-cluster-ip-range=10.3.0.0/16", label="k8s-app"),
    config_map("coredns", Corefile=COREFILE),
    service("kube-system/kube-dns", "10.3.0.10"),
)
SERVICES_ONLY = (
    service("default/kubernetes", "10.43.0.1", "fd00:43::1"),
    service("web/shop", "10.43.200.7", "fd00:43::ff07"),
    service("web/headless", "None"),
    service("web/elsewhere"),
)
EVERYTHING = (service_cidr("10.100.0.0/16"), *KUBEADM, *K3S)


@pytest.mark.parametrize(
    ("cluster", "found"),
    [
        (
            (service_cidr("10.96.0.0/16", "fd00::/112"), service_cidr("10.97.0.0/24", name="more"), *KUBEADM),
            Setting(values=("10.96.0.0/16", "fd00::/112", "10.97.0.0/24"), source="ServiceCIDR kubernetes, more"),
        ),
        (
            (kilo("--service-cidr=10.96.0.0/12,10.112.0.0/16", "--service-cidr", "fd00::/108"), *KUBEADM[1:]),
            Setting(
                values=("10.96.0.0/12", "10.112.0.0/16", "fd00::/108"),
                source="--service-cidr in DaemonSet kube-system/kilo",
            ),
        ),
        (
            KUBEADM,
            Setting(
                values=("10.96.0.0/12",),
                source="--service-cluster-ip-range in Pod kube-system/kube-apiserver-cp-1",
            ),
        ),
        (
            (KUBEADM[0], *KUBEADM[2:]),
            Setting(values=("10.96.0.0/12", "fd00:96::/108"), source="ConfigMap kube-system/kubeadm-config"),
        ),
        (
            K3S,
            Setting(values=("10.45.0.0/16",), source="--service-cidr in annotation k3s.io/node-args of Node cp-1"),
        ),
        (
            RKE2,
            Setting(
                values=("10.43.0.0/16",),
                source="--service-cluster-ip-range in Pod kube-system/kube-apiserver-cp-1",
            ),
        ),
        (
            TYPHOON,
            Setting(
                values=("10.3.0.0/16",),
                source="--service-cluster-ip-range in Pod kube-system/kube-apiserver-cp-1",
            ),
        ),
        (
            (server_node('["server"]'), service("kube-system/kube-dns", "10.43.0.10")),
            Setting(
                values=("10.43.0.0/16",),
                source="default of k3s, by annotation k3s.io/node-args of Node cp-1",
                guess=True,
            ),
        ),
        (
            SERVICES_ONLY,
            Setting(
                values=("10.43.0.0/16", "fd00:43::/112"),
                source="smallest block that contains all Services",
                guess=True,
            ),
        ),
        ((service("web/headless", "None"),), None),
        ((), None),
    ],
    ids=[
        "ServiceCIDR",
        "kg",
        "kubeadm",
        "no pods",
        "k3s",
        "rke2",
        "typhoon",
        "bare k3s",
        "services",
        "headless",
        "none",
    ],
)
def test_the_service_cidr_is_found_in_every_kind_of_cluster(
    cluster: tuple[Manifest, ...], found: Setting | None
) -> None:
    assert find_networks(Cluster(*cluster)).service_cidrs == found


@pytest.mark.parametrize(
    ("cluster", "addresses", "source"),
    [
        (KUBEADM, ("10.96.0.10",), "Service kube-system/kube-dns"),
        (RKE2, ("10.43.0.10",), "Service kube-system/rke2-coredns-rke2-coredns"),
        (
            (
                service("kube-system/dns", "10.0.0.2", k8s_app="kube-dns"),
                service("kube-system/kube-dns", "10.0.0.9", "fd00::9"),
            ),
            ("10.0.0.9", "fd00::9"),
            "Service kube-system/kube-dns",
        ),
        (
            (service("kube-system/kube-dns", "None"), service("kube-system/dns", "10.0.0.2", k8s_app="kube-dns")),
            ("10.0.0.2",),
            "Service kube-system/dns",
        ),
    ],
)
def test_dns_is_the_service_with_the_known_name_else_with_the_known_label(
    cluster: tuple[Manifest, ...], addresses: tuple[str, ...], source: str
) -> None:
    found = find_networks(Cluster(*cluster))
    assert found.dns == Setting(values=addresses, source=source)
    assert found.unreadable == ()


@pytest.mark.parametrize("place", ["default/kube-dns", "web/kube-dns"])
def test_a_service_outside_kube_system_is_not_the_cluster_dns(place: str) -> None:
    assert find_networks(Cluster(service(place, "10.0.0.9", k8s_app="kube-dns"))).dns is None


@pytest.mark.parametrize(
    ("cluster", "found"),
    [
        (KUBEADM, Setting(values=("kube.example.org",), source="ConfigMap kube-system/kubeadm-config")),
        (TYPHOON, Setting(values=("cluster.example",), source="ConfigMap kube-system/coredns")),
        (RKE2, Setting(values=("cluster.example",), source="ConfigMap kube-system/rke2-coredns-rke2-coredns")),
        (
            K3S,
            Setting(
                values=("k3s.example",), source="--cluster-domain in annotation k3s.io/node-args of Node cp-1"
            ),
        ),
        ((), Setting(values=("cluster.local",), source="default of Kubernetes", guess=True)),
    ],
    ids=["kubeadm", "Corefile", "rke2", "k3s", "none"],
)
def test_the_domain_is_what_the_cluster_was_made_with(cluster: tuple[Manifest, ...], found: Setting) -> None:
    assert find_networks(Cluster(*cluster)).domain == found


def test_the_settings_of_kilo_are_its_flags_or_its_defaults() -> None:
    found = find_networks(Cluster(*KUBEADM))
    said = {name: getattr(found, name) for name in ("topology_label", "port", "granularity", "mtu")}
    assert {name: one.values for name, one in said.items()} == {
        "topology_label": ("rack",),
        "port": ("4000",),
        "granularity": ("full",),
        "mtu": ("1380",),
    }
    assert {one.source.partition(" in ")[2] for one in said.values()} == {"DaemonSet kube-system/kilo"}
    assert found.subnet == Setting(values=("10.4.0.0/16",), source="default of kg in DaemonSet kube-system/kilo")
    assert found.interface == Setting(values=("kilo0",), source="default of kg in DaemonSet kube-system/kilo")


def test_the_last_of_repeated_flags_counts_wherever_they_stand() -> None:
    cluster = Cluster(kilo("--port=3", command=("/opt/bin/kg", "--port=1", "--port", "2"), place="mesh/agent"))
    assert find_networks(cluster).port == Setting(values=("3",), source="--port in DaemonSet mesh/agent")


def agent(
    labels: dict[str, str], *containers: Mapping[str, object], place: str = "kube-system/kilo-x"
) -> Manifest:
    spec = {"template": {"spec": {"containers": list(containers)}}}
    return manifest("DaemonSet", place, labels=labels, spec=spec)


PART_OF = {"app.kubernetes.io/part-of": "kilo"}
PORT = {"name": "kilo", "args": ["--port=4000"]}


@pytest.mark.parametrize(
    "daemon_set",
    [
        agent(
            {**PART_OF, "app.kubernetes.io/name": "kilo-userspace"},
            {"name": "wireguard", "args": ["--port=1"]},
            PORT,
        ),
        agent({"app.kubernetes.io/name": "kilo"}, PORT),
        agent({"app": "kilo"}, PORT),
        agent({}, PORT),
        agent({"app": "mesh"}, {"name": "agent", "command": ["/opt/bin/kg"], "args": ["--port=4000"]}),
        agent(
            PART_OF,
            {"name": "kilo", "command": ["/bin/sh", "-c"], "args": ["exec /opt/bin/kg --port=4000 # mine"]},
        ),
        agent(
            PART_OF, {"name": "kilo", "command": ["sh", "-c", "/opt/bin/kg --hostname=$(NODE_NAME) --port '4000'"]}
        ),
        agent(PART_OF, {"name": "kilo", "args": ["sh", "-c", "x && kg --port=4000 --topology-label='it'\"'s\""]}),
        agent(PART_OF, {"name": "kilo", "command": ["bash", "-euxc"], "args": ["set -x\nkg \\\n  --port 4000\n"]}),
        agent({"app": "mesh"}, {"name": "agent", "command": ["/bin/sh", "-c", "exec /opt/bin/kg --port=4000"]}),
        agent(PART_OF, {"name": "kilo", "args": ["--port=$(PORT)"], "env": [{"name": "PORT", "value": "4000"}]}),
        agent(
            PART_OF,
            {
                "name": "kilo",
                "command": ["sh", "-c", "kg --port=${PORT}"],
                "env": [{"name": "PORT", "value": "4000"}],
            },
        ),
    ],
)
def test_the_agent_is_found_by_its_labels_or_by_what_it_runs(daemon_set: Manifest) -> None:
    others = (
        agent(
            {**PART_OF, "app.kubernetes.io/name": "nkml"}, {"name": "nkml", "args": ["--port=2"]}, place="a/nkml"
        ),
        agent({"app": "other"}, {"name": "other", "args": ["--port=3"]}, place="a/other"),
    )
    found = find_networks(Cluster(*others, daemon_set))
    assert found.port == Setting(values=("4000",), source="--port in DaemonSet kube-system/kilo-x")


@pytest.mark.parametrize("word", ["$(OTHER)", "$$(PORT)", "$(PORT", "${PORT}"])
def test_a_variable_without_a_value_stays_as_it_is(word: str) -> None:
    env = [{"name": "PORT", "value": "4000"}, {"name": "OTHER", "valueFrom": {}}]
    daemon_set = agent(PART_OF, {"name": "kilo", "args": [f"--port={word}"], "env": env})
    assert find_networks(Cluster(daemon_set)).port is None


def test_both_daemon_sets_of_a_heterogeneous_cluster_are_read() -> None:
    kernel = agent(
        {**PART_OF, "app.kubernetes.io/name": "kilo"}, {"name": "kilo", "args": ["--mtu=1"]}, place="k/a"
    )
    userspace = agent(
        {**PART_OF, "app.kubernetes.io/name": "kilo-userspace"}, {**PORT, "args": ["--mtu=2"]}, place="k/b"
    )
    assert NetworkSources(Cluster(userspace, kernel)).kilo == (
        Flags(words=("--mtu=1",), source="DaemonSet k/a"),
        Flags(words=("--mtu=2",), source="DaemonSet k/b"),
    )


@pytest.mark.parametrize(
    ("text", "believed"),
    [
        ("10.42.0.0/16", False),
        ("10.0.0.0/8", False),
        ("10.96.0.0/12,10.42.0.0/24", False),
        ("10.96.0.0/12", True),
        ("10.42.0.0/25", True),
        ("fd96::/108", True),
    ],
)
def test_a_service_cidr_of_kg_that_contains_a_pod_cidr_is_ignored(text: str, believed: bool) -> None:
    cluster = Cluster(kilo(f"--service-cidr={text}"), service("default/kubernetes", "10.96.0.1"))
    found = find_networks(cluster, Nodes([node("a", pod_cidr="10.42.0.0/24")]).mesh)
    assert found.service_cidrs
    assert ("--service-cidr in" in found.service_cidrs.source) is believed
    told = [line for line in found.unreadable if 'contains the pod CIDR of node "a"' in line]
    assert bool(told) is not believed


def test_without_a_daemon_set_the_settings_of_kilo_are_unknown() -> None:
    other = manifest("DaemonSet", "kube-system/other", spec={}, labels={"app.kubernetes.io/name": "other"})
    found = find_networks(Cluster(other))
    assert (found.port, found.subnet, found.granularity, found.topology_label) == (None, None, None, None)


def test_a_default_of_k3s_that_its_dns_is_not_in_is_not_guessed() -> None:
    found = find_networks(Cluster(server_node('["server"]'), service("kube-system/kube-dns", "10.50.0.10")))
    assert found.service_cidrs == Setting(
        values=("10.50.0.10/32",), source="smallest block that contains all Services", guess=True
    )


def test_agents_of_k3s_know_nothing() -> None:
    assert find_networks(Cluster(server_node('["agent","--service-cidr","10.9.0.0/16"]'))).service_cidrs is None


def test_sources_after_the_first_valid_one_are_not_read() -> None:
    cluster = Cluster(service_cidr("10.96.0.0/16"), *KUBEADM)
    assert find_networks(cluster).unreadable == ()
    assert "Pod" not in cluster.asked
    assert len(cluster.asked) == len(set(cluster.asked)), "each place is asked once"


@pytest.mark.parametrize("kind", ["ServiceCIDR", "DaemonSet", "Pod", "ConfigMap", "Node", "Service"])
def test_a_forbidden_kind_is_noted_once_and_the_others_still_tell(kind: str) -> None:
    alone = tuple(one for one in EVERYTHING if one["kind"] != kind)
    allowed, forbidden = find_networks(Cluster(*alone)), find_networks(Cluster(*EVERYTHING, forbidden=(kind,)))
    assert forbidden.service_cidrs == allowed.service_cidrs
    assert (forbidden.dns, forbidden.domain, forbidden.port) == (allowed.dns, allowed.domain, allowed.port)
    assert forbidden.unreadable in ((), (f"may not look at {kind}s",))
    needed = kind not in ("Pod", "Node")  # what is only behind the ServiceCIDR and kubeadm's ConfigMap
    assert bool(forbidden.unreadable) == needed


def test_with_everything_forbidden_there_is_a_line_for_each_kind() -> None:
    kinds = ("ServiceCIDR", "DaemonSet", "Pod", "ConfigMap", "Node", "Service")
    found = find_networks(Cluster(*EVERYTHING, forbidden=kinds))
    assert (found.service_cidrs, found.dns, found.port) == (None, None, None)
    assert found.unreadable == tuple(f"may not look at {kind}s" for kind in kinds)


class Gone(Cluster):
    def of(self, *_: object, **__: object) -> tuple[()]:
        raise KgctlError('the API server "https://gone.example" did not answer within 15 s')


def test_a_server_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(KgctlError, match="did not answer"):
        find_networks(Gone())


HOSTILE = [
    "10.96.0.0",
    "10.96.0.0/33",
    "010.96.0.0/16",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/7",
    "10.96.0.0/16\nPostUp = reboot",
    "$(SERVICE_CIDR)",
    "\x1b[2J",
    "x" * 5000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_impossible_service_cidr_is_noted_and_the_next_source_is_read(text: str) -> None:
    found = find_networks(
        Cluster(service_cidr("10.1.0.0/16", text), api_server("--service-cluster-ip-range=10.2.0.0/16"))
    )
    assert found.service_cidrs is not None
    assert found.service_cidrs.values == ("10.2.0.0/16",)
    noted = [line for line in found.unreadable if line.startswith('ServiceCIDR kubernetes: "')]
    assert len(noted) == 1
    assert len(noted[0]) < 200


def test_host_bits_of_a_service_cidr_are_cleared() -> None:
    found = find_networks(Cluster(service_cidr("10.96.0.1/16"))).service_cidrs
    assert found
    assert found.values == ("10.96.0.0/16",)


def test_services_all_over_the_world_are_no_block() -> None:
    found = find_networks(Cluster(service("a/one", "1.0.0.1"), service("a/two", "200.0.0.1")))
    assert found.service_cidrs is None
    assert found.unreadable == (
        'smallest block that contains all Services: "1.0.0.1/0" is too wide to be a Service CIDR',
    )


@pytest.mark.parametrize(
    "text",
    [
        "networking: [",
        "networking: 7",
        "- networking",
        "networking: {serviceSubnet: [10.0.0.0/16]}",
        "networking: &a {serviceSubnet: *a}",
        "&a [*a]",
        "!!python/object/apply:os.system [true]",
        "[" * 3000,
        "networking: {serviceSubnet: " + "9" * 5000 + "}",
        "\x00",
    ],
)
def test_a_configuration_of_kubeadm_that_is_none_is_noted(text: str) -> None:
    found = find_networks(Cluster(config_map("kubeadm-config", ClusterConfiguration=text)))
    assert found.service_cidrs is None
    assert [line for line in found.unreadable if line.startswith("ConfigMap kube-system/kubeadm-config: ")]


@pytest.mark.parametrize("text", ["", "{", "{}", '"server"', "[1]", '["server"', "\ud800"])
def test_node_args_that_are_no_list_of_words_are_noted(text: str) -> None:
    found = find_networks(Cluster(server_node(text)))
    assert found.service_cidrs is None
    assert [line for line in found.unreadable if "k3s.io/node-args" in line]


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_the_settings_are_well_formed_for_any_cluster(
    cidr: str, address: str, domain: str, args: str, flag: str
) -> None:
    cluster = Cluster(
        service_cidr(cidr),
        kilo(
            f"--service-cidr={cidr}",
            f"--topology-label={flag}",
            f"--port={flag}",
            "--subnet",
            cidr,
            f"--interface={flag}",
        ),
        config_map("kubeadm-config", ClusterConfiguration=domain),
        config_map("coredns", Corefile=f"kubernetes {domain} {{\n"),
        server_node(args),
        service("kube-system/kube-dns", address),
        service("web/shop", address, flag),
    )
    found = find_networks(cluster)
    assert all(ipaddress.ip_network(one) for one in (found.service_cidrs.values if found.service_cidrs else ()))
    assert all(parse_ip(one) for one in (found.dns.values if found.dns else ()))
    assert all(is_dns_name(one) for one in (found.domain.values if found.domain else ()))
    for setting in (found.topology_label, found.port, found.subnet, found.interface):
        assert setting is None or "".join(setting.values).isprintable()
