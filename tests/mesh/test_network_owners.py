from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.network_owners import OverlapIndex
from tests.strategies import networks

Claimed = tuple[IPInterface, str]

CLAIMS = st.lists(st.tuples(networks, st.sampled_from("abc")), max_size=12)


def contains(network: IPInterface, cidr: IPInterface) -> bool:
    return network.version == cidr.version and cidr.ip in network.network


@given(CLAIMS, st.lists(st.integers(0, 11), unique=True), networks, st.sampled_from((None, "a", "b")))
def test_claims_answer_as_if_all_were_compared_with_all(
    added: list[Claimed], removed: list[int], asked: IPInterface, but: str | None
) -> None:
    claims: OverlapIndex[str] = OverlapIndex()
    for cidr, owner in added:
        claims.add(cidr, owner)
    for index in removed:
        if index < len(added):
            claims.remove(*added[index])
    left = [claim for index, claim in enumerate(added) if index not in removed]
    holders: set[str | None] = {owner for cidr, owner in left if contains(cidr, asked)}
    overlapping: set[str | None] = {
        owner for cidr, owner in left if contains(cidr, asked) or contains(asked, cidr)
    }
    assert set(claims.holders(asked)) == holders
    assert claims.holder(asked, but=but) in (holders - {but} or {None})
    assert claims.overlapping(asked, but=but) in (overlapping - {but} or {None})
