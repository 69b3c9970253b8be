"""The files of a folder to keep Kilo and its Peers in Git."""

import shlex
from collections.abc import Mapping

from kgctl_py.kilo.install.installation import IMAGE, Part
from kgctl_py.render.checksum_header import marked
from kgctl_py.render.templates import template
from kgctl_py.value import Value

_EXAMPLES = ("developer-workstation", "server", "phone", "nated-site", "multi-cluster-node")
_WHAT = {
    Part.CRDS: "the CustomResourceDefinition of Peers",
    Part.RBAC: "the permissions of Kilo's agent",
    Part.DAEMONSET: "Kilo's agent itself",
    Part.USERS: "roles for users of `kgctl`",
    Part.PEER_VALIDATION: "Kilo's webhook that validates Peers",
    Part.MONITORING: "a PodMonitor for Prometheus",
}


class Repository(Value, frozen=True, kw_only=True):
    """The content of the folder: files of Kilo, the kustomization, and files of the team."""

    kilos: Mapping[str, str]
    resources: tuple[str, ...]
    kustomization: str
    teams: Mapping[str, str]


def repository(manifests: Mapping[Part, str], command: str) -> Repository:
    """Return the folder for these manifests; each file of Kilo contains the `command` that generated it."""
    examples = {f"examples/{name}.yaml": _text(f"examples/{name}.yaml") for name in _EXAMPLES}
    resources = tuple(map(path_of, manifests))
    return Repository(
        kilos={path_of(part): marked(text, command) for part, text in manifests.items()},
        resources=resources,
        kustomization=_text("kustomization.yaml", resources=resources),
        teams=examples
        | {
            "README.md": _text("README.md", files=_described(manifests), update=_update(command)),
            ".gitignore": _text("gitignore"),
            ".pre-commit-config.yaml": _text("pre-commit-config.yaml"),
            "peers/.gitkeep": "",
        },
    )


def path_of(part: Part) -> str:
    """Return the path of the file with a part of the manifests."""
    return f"{part}.yaml"


def _update(command: str) -> str:
    """Return the command that updates the folder from within, with an image to replace if it has none."""
    program, init, _, *options = shlex.split(command)
    image = [] if "--image" in options else ["--image", IMAGE]
    return shlex.join((program, init, ".", "--force", *options, *image))


def _described(manifests: Mapping[Part, str]) -> list[tuple[str, str]]:
    return [
        *((path_of(part), _WHAT[part]) for part in manifests),
        ("kustomization.yaml", "the list of files that `kubectl apply -k .` applies"),
        ("peers/", "the Peers, one per file"),
        ("examples/", "examples of Peers, which are not applied"),
    ]


def _text(name: str, **values: object) -> str:
    return template(f"git/{name}.j2").render(values)
