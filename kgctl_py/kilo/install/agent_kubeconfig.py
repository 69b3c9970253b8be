"""The kubeconfig of the agent, which depends on the distribution (kilo manifests/)."""

from typing import assert_never

from kgctl_py.kilo.install.installation import Distribution, Installation
from kgctl_py.kilo.install.pod import ConfigMap, Container, Mount, Share, Volume, from_config_map, host_path
from kgctl_py.kilo.install.supported_choices import borrowed_config_map

FOLDER = "/etc/kubernetes"
FILE = f"{FOLDER}/kubeconfig"
ADMIN_ONLY = (
    "admin.conf exists only on control-plane nodes. Copy it to the other nodes, or the agent does not start there."
)

_K3S_AGENT = "/var/lib/rancher/k3s/agent"

GENERATE = """\
#!/bin/sh
# Writes a kubeconfig for the ServiceAccount of this pod, with the server that the node's kubelet talks to.
set -eu

agent=/var/lib/rancher/k3s/agent
server=$(awk '$1 == "server:" { print $2; exit }' "$agent/kubelet.kubeconfig")
if [ -z "$server" ]; then
  echo "$agent/kubelet.kubeconfig names no server" >&2
  exit 1
fi
authority=$(base64 "$agent/server-ca.crt" | tr -d '\\n')

cat > /etc/kubernetes/kubeconfig <<EOF
apiVersion: v1
kind: Config
current-context: kilo
contexts:
- name: kilo
  context: {cluster: k3s, user: kilo}
clusters:
- name: k3s
  cluster:
    server: $server
    certificate-authority-data: $authority
users:
- name: kilo
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
EOF
"""


def share(installation: Installation) -> Share:
    """Return the parts that provide a kubeconfig at /etc/kubernetes/kubeconfig to the pod of the agent."""
    match installation.distribution:
        case Distribution.KUBEADM if borrowed_config_map(installation):
            return _folder(
                from_config_map(
                    "kubeconfig", borrowed_config_map(installation), key="kubeconfig.conf", path="kubeconfig"
                )
            )
        case Distribution.KUBEADM:
            return _admin()
        case Distribution.K3S:
            return _generated(installation)
        case Distribution.TYPHOON:
            return _folder(from_config_map("kubeconfig", borrowed_config_map(installation)))
        case Distribution.BOOTKUBE:
            mount = Mount(volume="kubeconfig", path=FILE, read_only=True)
            return Share(volumes=(host_path("kubeconfig", FILE),), mounts=(mount,))
        case _:
            assert_never(installation.distribution)


def _folder(volume: Volume) -> Share:
    return Share(volumes=(volume,), mounts=(Mount(volume=volume.name, path=FOLDER, read_only=True),))


def _admin() -> Share:
    volume = Volume(name="kubeconfig", source="hostPath", fields=(("path", FOLDER),), note=ADMIN_ONLY)
    mount = Mount(volume=volume.name, path=FILE, sub_path="admin.conf", read_only=True)
    return Share(volumes=(volume,), mounts=(mount,))


def _generated(installation: Installation) -> Share:
    generate = Container(
        name="generate-kubeconfig",
        image=installation.image,
        command=("/bin/sh", "/scripts/generate-kubeconfig.sh"),
        mounts=(
            Mount(volume="kubeconfig", path=FOLDER),
            Mount(volume="scripts", path="/scripts", read_only=True),
            Mount(volume="k3s-agent", path=_K3S_AGENT, read_only=True),
        ),
    )
    folder = _folder(Volume(name="kubeconfig", source="emptyDir"))
    return Share(
        volumes=(*folder.volumes, from_config_map("scripts", "kilo-scripts"), host_path("k3s-agent", _K3S_AGENT)),
        mounts=folder.mounts,
        init_containers=(generate,),
        config_maps=(ConfigMap(name="kilo-scripts", files=(("generate-kubeconfig.sh", GENERATE),)),),
    )
