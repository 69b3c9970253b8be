"""Kilo's webhook that validates Peers (kilo manifests/peer-validation.yaml, cmd/kg/webhook.go)."""

from kgctl_py.kilo.install.installation import Installation

NAMESPACE = "kilo"
CERTIFICATES_IMAGE = "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.4.4"
"""The image that creates the certificate of the webhook and registers it with the API server."""


def own_namespaces(installation: Installation) -> tuple[str, ...]:
    """Return the namespace to create, unless it is that of the agent."""
    return () if installation.namespace == NAMESPACE else (NAMESPACE,)
