"""Cases of what is odd about peers."""

from kgctl_py import names
from kgctl_py.findings import Code
from tests.findings.cases import ZEROS, Case, File, P, also, at, peers
from tests.in_memory import Raw, key, node, peer
from tests.kube.objects import kilo


def annotated(one: Raw, name: str, text: str) -> Raw:
    """The Peer with one annotation."""
    return {**one, "metadata": {**one["metadata"], "annotations": {name: text}}}


CASES: dict[Code, Case] = {
    Code.PEER_INVALID: Case(
        (
            peers(allowedIPs=["10.5.0.9"]),
            peers(publicKey="x"),
            peers(persistentKeepalive=-1),
            peers(**at(ip="<nil>")),
            peers(allowedIPs="10.5.0.9/32"),
        ),
        (peers(allowedIPs=["10.5.0.9/32"]), peers(allowedIPs=[]), peers(**at(ip="192.0.2.1"))),
    ),
    Code.PEER_NOIPS: Case((peers(allowedIPs=[]),), (peers(allowedIPs=["10.5.0"]), peers())),
    Code.PEER_DISABLED: Case(
        (also(annotated(peer("q", allowedIPs=[]), names.DISABLED_IPS, "10.5.0.9/32")),),
        (also(annotated(peer("q", 9), names.DISABLED_IPS, "10.5.0.8/32")), peers(allowedIPs=[])),
    ),
    Code.PEER_EXPIRED: Case(
        (
            also(annotated(peer("q", 9), names.EXPIRES, "2026-01-01T00:00:00Z")),
            also(annotated(peer("q", 9), names.EXPIRES, "next week")),
        ),
        (also(annotated(peer("q", 9), names.EXPIRES, "2999-01-01T00:00:00Z")), also(peer("q", 9))),
    ),
    Code.PEER_NOKEY: Case((peers(publicKey=ZEROS),), (peers(publicKey="AAAA"), peers())),
    Code.PEER_ROAM: Case(
        (peers(persistentKeepalive=0),),
        (peers(persistentKeepalive=1), peers(persistentKeepalive=0, **at(ip="192.0.2.1"))),
    ),
    Code.PEER_DUP: Case(
        (
            peers(allowedIPs=["10.5.0.1/32"]),
            peers(peer("r", allowedIPs=["10.6.0.1/24"]), allowedIPs=["10.6.0.2/24"]),
        ),
        (
            peers(allowedIPs=["10.5.0.2/32", "10.5.0.2/32"]),
            peers(allowedIPs=["10.5.0.0/24"]),
            peers(allowedIPs=["10.5.0.1/32"], publicKey="x"),
        ),
    ),
    Code.PEER_OVERLAP: Case(
        (
            peers(allowedIPs=["10.42.1.9/32"]),
            peers(allowedIPs=["10.4.7.7/32"]),
            peers(allowedIPs=["10.1.0.0/16"]),
            peers(kilo("--service-cidr=10.96.0.0/12"), allowedIPs=["10.96.0.10/32"]),
        ),
        (peers(allowedIPs=["0.0.0.0/0", "::/0"]), peers(allowedIPs=["10.96.0.10/32"]), peers(kilo())),
    ),
    Code.PEER_UNUSABLE: Case(
        (
            *(
                peers(allowedIPs=[text])
                for text in (
                    *("0.0.0.0/32", "0.0.0.0/8", "127.0.0.1/32", "127.0.0.0/24", "169.254.7.1/32", "224.0.0.1/32"),
                    *("239.0.0.0/8", "255.255.255.255/32", "::/128", "::1/128", "fe80::1/128", "ff02::1/128"),
                )
            ),
            *(peers(**at(ip=text)) for text in ("0.0.0.0", "224.0.0.1", "fe80::1")),
        ),
        tuple(
            peers(allowedIPs=[text], **at(ip="127.0.0.1"))
            for text in (
                "0.0.0.0/1",
                "128.0.0.0/1",
                "0.0.0.0/0",
                "::/0",
                "224.0.0.0/3",
                "1.0.0.0/8",
                "fec0::1/128",
            )
        ),
    ),
    Code.PEER_PSK: Case((peers(presharedKey="x"), peers(presharedKey=ZEROS)), (peers(presharedKey=key("psk")),)),
    Code.PEER_DNS_AND_IP: Case(
        (peers(**at(dns="q.example.com", ip="192.0.2.1")),),
        (peers(**at(dns="q.example.com")), peers(**at(dns="192.0.2.1", ip=""))),
    ),
    Code.PEER_DNS_NUMBER: Case(
        (
            *(peers(**at(dns="4500")), peers(**at(dns="256.1.1.1")), peers(**at(dns="a.0x1f"))),
            peers(**at(dns=f"{64 * 'a'}.example")),
        ),
        (
            peers(**at(dns="4500.example.com")),
            peers(**at(dns="a.1a")),
            peers(**at(dns=f"{63 * 'a'}.example")),
            peers(**at(ip="255.1.1.1")),
        ),
    ),
    Code.HOST_BITS: Case(
        (peers(allowedIPs=["10.6.0.1/24"]), peers(allowedIPs=["fd00:6::1/64"])),
        (peers(allowedIPs=["10.6.0.0/24", "fd00:6::1/128"]),),
    ),
    Code.KEEPALIVE_OWN: Case((File((node("a"), P)),), (also(), File((node("a"), peer("p"))))),
    Code.PEER_UNSEEN: Case((peers(),), (also(),)),
    Code.NAME_TWICE: Case((also(peer("a", 7)),), (also(peer("a2", 7)),)),
}
