"""The CustomResourceDefinition of Peers, as `kgctl manifests --no-cel` prints it for servers before 1.25."""

from typing import Any

from tests.kilo import api_rules

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

PEER_CRD: dict[str, Any] = api_rules.crd(cel=False)
