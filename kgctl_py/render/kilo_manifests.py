"""The manifests that install Kilo, as YAML by part."""

from collections.abc import Collection, Mapping
from typing import Any, assert_never

from kgctl_py.kilo.install import (
    daemonsets,
    manifest_comments,
    peer_schema,
    peer_validation,
    rbac,
    self_service,
    supported_choices,
)
from kgctl_py.kilo.install.installation import Installation, Part
from kgctl_py.render.templates import template

WHAT_ALL_NEED = (Part.CRDS, Part.RBAC, Part.DAEMONSET, Part.USERS)


def manifests(installation: Installation, only: Collection[Part] = ()) -> Mapping[Part, str]:
    """Return the text of each part in the order to apply them, or of the parts in `only`.

    Raise UsageError with the reason for choices that do not fit together.
    """
    supported_choices.check(installation)
    wanted = only or WHAT_ALL_NEED
    added = {Part.PEER_VALIDATION: installation.peer_validation, Part.MONITORING: installation.monitoring}
    return {part: _text(part, installation) for part in Part if part in wanted or added.get(part)}


def stream(parts: Mapping[Part, str]) -> str:
    """Return all parts as one stream of YAML documents."""
    return "---\n".join(parts.values())


def _text(part: Part, installation: Installation) -> str:
    return template(f"kilo/{part}.yaml.j2").render(_values(part, installation))


def _values(part: Part, installation: Installation) -> Mapping[str, Any]:
    match part:
        case Part.CRDS:
            return {"schema": peer_schema.schema(cel=installation.cel)}
        case Part.RBAC:
            return {
                "namespace": installation.namespace,
                "namespaces": rbac.own_namespaces(installation),
                "role": rbac.agent(installation),
            }
        case Part.DAEMONSET:
            return {
                "namespace": installation.namespace,
                "notes": manifest_comments.origin(installation),
                "config_maps": daemonsets.config_maps(installation),
                "daemon_sets": daemonsets.daemon_sets(installation),
            }
        case Part.USERS:
            return {"roles": rbac.USERS, "self_service": self_service.self_service(installation)}
        case Part.PEER_VALIDATION:
            return {
                "namespaces": peer_validation.own_namespaces(installation),
                "image": installation.image,
                "certificates_image": peer_validation.CERTIFICATES_IMAGE,
            }
        case Part.MONITORING:
            return {"namespace": installation.namespace}
        case _:
            assert_never(part)
