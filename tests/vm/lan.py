"""The network in the machine: a bridge with itself as a laptop, network namespaces as hosts, and a name server."""

import dataclasses

from tests.vm.machine import HOST, Machine

INTERNET = ("203.0.113.{}/24", "2001:db8::{}/64")
LAPTOP = 7
"""The number of the machine itself."""
AT_HOME = "www.example.com"
"""A name that the name server outside of the cluster knows, as the only one."""
AT_HOME_IP = "192.0.2.80"

_NAME_SERVER = "192.0.2.53"
_KGCTL = """#!/bin/sh
export PYTHONPATH=/mnt/site PYTHONPYCACHEPREFIX=/var/tmp/bytecode
exec python3 -m kgctl_py "$@"
"""
_SET_UP = f"""
modprobe --all wireguard veth bridge
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip link add wan type bridge mcast_snooping 0
ip address add {INTERNET[0].format(LAPTOP)} dev wan
ip address add {INTERNET[1].format(LAPTOP)} dev wan nodad
ip link set wan up
ip address add {_NAME_SERVER}/32 dev lo
systemd-run --quiet --unit=name-server python3 /mnt/servers.py dns {_NAME_SERVER} {AT_HOME}={AT_HOME_IP}
"""
_NAMES = f"""
resolvectl dns wan {_NAME_SERVER}
resolvectl default-route wan yes
"""
_HOST = """
ip netns add {name}
ip netns exec {name} sysctl -qw net.ipv6.conf.default.accept_dad=0 \
  net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip link add v{name} type veth peer name eth0 netns {name}
ip link set v{name} master wan up
ip -n {name} link set lo up
ip -n {name} link set eth0 up
"""
_PROXY = """
systemd-run --quiet --unit={unit} --socket-property=ListenStream=[::]:{port} \
  --socket-property=BindIPv6Only=both /lib/systemd/systemd-socket-proxyd {target}
"""


def set_up(machine: Machine) -> None:
    """Return the machine kgctl, a network, and a name server for what is not of the cluster."""
    machine.write("/usr/local/bin/kgctl", _KGCTL, mode="0755")
    machine.run(_SET_UP)
    add_host(machine, "far", 99)  # a bridge on which nobody is has no carrier
    machine.run(_NAMES)
    assert machine.comes_true(f"getent hosts {AT_HOME}"), machine.run("resolvectl status")


def serve(machine: Machine, port: int, outside: int) -> None:
    """Make what listens on the port `outside` of the real host known to the network as the laptop's `port`."""
    machine.run(_PROXY.format(unit=f"proxy-{port}", port=port, target=f"{HOST}:{outside}"))


@dataclasses.dataclass(frozen=True, slots=True)
class Namespace:
    """A host of the network."""

    machine: Machine
    name: str

    def command(self, script: str) -> str:
        """Return the script that runs `script` on the host."""
        return f"ip netns exec {self.name} bash -euo pipefail <<'END'\n{script}\nEND\n"

    def run(self, script: str, *, check: bool = True) -> str:
        """Run a script on the host and return what it printed."""
        return self.machine.run(self.command(script), check=check)


def add_host(machine: Machine, name: str, number: int, *families: int) -> Namespace:
    """Add a host with an address of each of the families (4, 6), or of both."""
    host = Namespace(machine, name)
    machine.run(_HOST.format(name=name))
    for family, address in zip((4, 6), INTERNET, strict=True):
        if not families or family in families:
            nodad = " nodad" if family == 6 else ""
            machine.run(f"ip -n {name} address add {address.format(number)} dev eth0{nodad}")
    return host
