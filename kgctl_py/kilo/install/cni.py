"""The parts of the agent's pod that depend on the CNI plugin (kilo manifests/, cmd/kg)."""

import json

from kgctl_py.kilo.install.installation import Cni, Distribution, Installation
from kgctl_py.kilo.install.pod import ConfigMap, Container, Mount, Share, from_config_map, host_path

DEFAULT_MTU = 1420
CONF_DIR = "/etc/cni/net.d"
HOST_CONF_DIR = {
    Distribution.KUBEADM: CONF_DIR,
    Distribution.K3S: CONF_DIR,
    Distribution.TYPHOON: "/etc/kubernetes/cni/net.d",
    Distribution.BOOTKUBE: "/etc/kubernetes/cni/net.d",
}

_FILES = "/kilo"

INSTALL = """\
#!/bin/sh
# Makes Kilo the CNI plugin of this node: first the plugins, then the configuration that names them.
set -eu

for plugin in /opt/cni/bin/*; do
  target=/host/opt/cni/bin/${plugin##*/}
  cp "$plugin" "$target.kilo"
  mv -f "$target.kilo" "$target" # a plugin that is running cannot be overwritten
done

cd /host/etc/cni/net.d
for other in *.conf *.conflist *.json; do
  case $other in
    10-kilo.conflist | '*'.*) ;;
    *) mv -f "$other" "$other.before-kilo" ;; # the kubelet takes the first file by name
  esac
done
cp /kilo/cni-conf.json .10-kilo.conflist
mv -f .10-kilo.conflist 10-kilo.conflist
"""


def share(installation: Installation) -> Share:
    """Return the parts for the CNI plugin."""
    if installation.cni is Cni.KILO:
        return _kilo(installation)
    flags = ["--cni=false", f"--compatibility={installation.cni}", "--local=false"]
    if installation.cni is Cni.CILIUM:
        flags += ["--encapsulate=crosssubnet", "--clean-up-interface=true"]
    return Share(flags=(*flags, "--internal-cidr=$(NODE_IP)/32"), environment=(("NODE_IP", "status.hostIP"),))


def _kilo(installation: Installation) -> Share:
    install = Container(
        name="install-cni",
        image=installation.image,
        command=("/bin/sh", f"{_FILES}/install-cni.sh"),
        mounts=(
            Mount(volume="cni-bin-dir", path="/host/opt/cni/bin"),
            Mount(volume="cni-conf-dir", path="/host/etc/cni/net.d"),
            Mount(volume="cni-files", path=_FILES, read_only=True),
        ),
    )
    files = (("cni-conf.json", conf(installation.mtu or DEFAULT_MTU)), ("install-cni.sh", INSTALL))
    return Share(
        volumes=(
            host_path("cni-bin-dir", "/opt/cni/bin"),
            host_path("cni-conf-dir", HOST_CONF_DIR[installation.distribution]),
            from_config_map("cni-files", "kilo"),
        ),
        mounts=(Mount(volume="cni-conf-dir", path=CONF_DIR),),
        init_containers=(install,),
        config_maps=(ConfigMap(name="kilo", files=files),),
    )


def conf(mtu: int) -> str:
    """Return the CNI configuration, to which the agent adds the pod CIDR of its node; `mtu` is in bytes."""
    bridge = {
        "name": "kubernetes",
        "type": "bridge",
        "bridge": "kube-bridge",
        "isDefaultGateway": True,
        "forceAddress": True,
        "mtu": mtu,
        "ipam": {"type": "host-local"},
    }
    portmap = {"type": "portmap", "snat": True, "capabilities": {"portMappings": True}}
    return json.dumps({"cniVersion": "0.4.0", "name": "kilo", "plugins": [bridge, portmap]}, indent=2) + "\n"
