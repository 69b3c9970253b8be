"""Kilo's webhook that validates Peers (kilo manifests/peer-validation.yaml, cmd/kg/webhook.go)."""

from kgctl_py.kilo.install.installation import Installation

NAMESPACE = "kilo"
CERTIFICATES_IMAGE = "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.4.4"
"""What makes the webhook's certificate, and tells the API server whom to believe."""


def own_namespaces(installation: Installation) -> tuple[str, ...]:
    """Name the namespace that has to be made, unless the agent's is the same."""
    return () if installation.namespace == NAMESPACE else (NAMESPACE,)
