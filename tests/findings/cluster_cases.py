"""Cases of clusters that cannot be read, or not as they should."""

import json

from kgctl_py.findings import Code
from kgctl_py.kilo import resources
from tests.findings.cases import HEALTHY, Case, Served
from tests.kube.fake_server import Reply, status


def discovery(*, namespaced: bool) -> Served:
    body = json.dumps({"resources": [{"name": "peers", "namespaced": namespaced}]}).encode()
    return Served(HEALTHY, {resources.GROUP_PATH: Reply(body=body)})


FORBIDDEN = status(403, "nodes is forbidden: User cannot list it")
CASES: dict[Code, Case] = {
    Code.API: Case(
        (Served(HEALTHY, alive=False), Served(HEALTHY, {resources.NODES_PATH: status(500, "no")})),
        (Served(HEALTHY),),
    ),
    Code.RBAC: Case(
        (Served(HEALTHY, {resources.NODES_PATH: FORBIDDEN}), Served(HEALTHY, {resources.PEERS_PATH: FORBIDDEN})),
        (Served(HEALTHY, {"/api/v1/services": FORBIDDEN}),),
    ),
    Code.CRD: Case(
        (Served(HEALTHY, {resources.PEERS_PATH: status(404, "page not found")}),),
        (Served(HEALTHY, {resources.GROUP_PATH: status(404, "page not found")}),),
    ),
    Code.CRD_SCOPE: Case((discovery(namespaced=True),), (discovery(namespaced=False),)),
    Code.CLOCK: Case((Served(HEALTHY, behind=20), Served(HEALTHY, behind=-20)), (Served(HEALTHY, behind=3),)),
}
