"""The least that a Python can do: open TLS, GET both lists page by page, decode what Kilo reads; without kgctl.

python floor.py SERVER CA TOKEN    as an API server gives it
python floor.py FILE               as `kubectl get nodes,peers.kilo.squat.ai -o json` printed it
python floor.py FILE all           the same, with what Kilo does not read
"""

import sys

import msgspec

PAGE = 500
"""The same as kgctl asks for."""


class Metadata(msgspec.Struct):
    name: str
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class Spec(msgspec.Struct):
    pod_cidr: str | None = msgspec.field(name="podCIDR", default=None)
    allowed_ips: list[str] | None = msgspec.field(name="allowedIPs", default=None)
    endpoint: dict[str, object] | None = None
    keepalive: int | None = msgspec.field(name="persistentKeepalive", default=None)
    preshared_key: str | None = msgspec.field(name="presharedKey", default=None)
    public_key: str | None = msgspec.field(name="publicKey", default=None)


class Object(msgspec.Struct):
    metadata: Metadata
    spec: Spec | None = None


class ListMeta(msgspec.Struct):
    more: str | None = msgspec.field(name="continue", default=None)


class Page(msgspec.Struct):
    metadata: ListMeta
    items: list[Object]


def from_server(server: str, ca: str, token: str) -> int:
    import http.client
    import ssl
    from urllib.parse import quote, urlsplit

    url = urlsplit(server)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca)
    connection = http.client.HTTPSConnection(url.hostname or "", url.port, context=context)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    objects: list[Object] = []
    for path in ("/api/v1/nodes", "/apis/kilo.squat.ai/v1alpha1/peers"):
        more: str | None = ""
        while more is not None:
            connection.request("GET", f"{path}?limit={PAGE}&continue={quote(more)}", headers=headers)
            page = msgspec.json.decode(connection.getresponse().read(), type=Page)
            objects += page.items
            more = page.metadata.more or None
    return len(objects)


def from_file(path: str, how_much: str = "") -> int:
    with open(path, "rb") as file:  # noqa: PTH123 # pathlib is no part of the least
        text = file.read()
    if how_much == "all":
        return len(msgspec.json.decode(text)["items"])
    return len(msgspec.json.decode(text, type=Page).items)


print(from_server(*sys.argv[1:]) if len(sys.argv) == 4 else from_file(*sys.argv[1:]))
