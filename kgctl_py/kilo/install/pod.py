"""The parts of a pod, as values for the templates."""

from kgctl_py.value import Value

Fields = tuple[tuple[str, str], ...]
"""Names and values, in the order in which they are written."""


class Volume(Value, frozen=True, kw_only=True):
    """A volume of a pod: its kind, such as `hostPath`, and the fields of this kind."""

    name: str
    source: str
    fields: Fields = ()
    note: str = ""


class Mount(Value, frozen=True, kw_only=True):
    """The mount of a volume in a container."""

    volume: str
    path: str
    read_only: bool = False
    sub_path: str = ""


class Container(Value, frozen=True, kw_only=True):
    """A container; `environment` maps variables to fields of the pod, `ports` are TCP."""

    name: str
    image: str
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    environment: Fields = ()
    ports: tuple[tuple[str, int], ...] = ()
    mounts: tuple[Mount, ...] = ()
    privileged: bool = False


class DaemonSet(Value, frozen=True, kw_only=True):
    """A DaemonSet in the host network, on nodes with `node_labels`."""

    name: str
    note: str
    containers: tuple[Container, ...]
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    node_labels: Fields = ()

    @property
    def all_containers(self) -> tuple[tuple[str, tuple[Container, ...]], ...]:
        """The containers by the field of a pod that lists them."""
        return ("initContainers", self.init_containers), ("containers", self.containers)


class ConfigMap(Value, frozen=True, kw_only=True):
    """A ConfigMap: files by name."""

    name: str
    files: Fields


class Share(Value, frozen=True, kw_only=True):
    """What a choice of the installation adds to the agent's pod."""

    flags: tuple[str, ...] = ()
    environment: Fields = ()
    volumes: tuple[Volume, ...] = ()
    mounts: tuple[Mount, ...] = ()
    init_containers: tuple[Container, ...] = ()
    containers: tuple[Container, ...] = ()
    config_maps: tuple[ConfigMap, ...] = ()


def host_path(name: str, path: str, kind: str = "") -> Volume:
    """Return the volume of a path on the node."""
    return Volume(name=name, source="hostPath", fields=(("path", path), *((("type", kind),) if kind else ())))


def from_config_map(name: str, config_map: str, *, key: str = "", path: str = "") -> Volume:
    """Return the volume with the files of a ConfigMap, or with one of them as `path`."""
    items = (("items", f"[{{key: {key}, path: {path}}}]"),) if key else ()
    return Volume(name=name, source="configMap", fields=(("name", config_map), *items))
