"""The walk over all stake that numbers who stakes on root, thirty entries a block."""

import pytest

from taonet.pallets.subtensor.root_staker_walk import KEYS_PER_BLOCK, RootStakerWalk
from taonet.pallets.subtensor.storage.stake import Stake
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha
from tests.pallets.subtensor.chain import NETUID, Chain, account

HOT = account("hot")


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.own(account("owner"), HOT)
    return chain


@pytest.fixture
def walk(chain: Chain) -> RootStakerWalk:
    return RootStakerWalk(chain.subtensor, chain.staking.root)


def give(chain: Chain, count: int) -> list[AccountId]:
    """So many coldkeys with root stake and no others; in the order of the walk."""
    shares = chain.subtensor.stake.alpha_v2
    shares.clear()
    for number in range(count):
        chain.staking.grant(HOT, account(f"cold {number}"), ROOT, Alpha(10**9))
    return [coldkey for (_, coldkey, _), _ in shares.items()]


def numbered(chain: Chain) -> list[AccountId]:
    claims = chain.subtensor.root_claims
    return [
        claims.staking_coldkeys_by_index[number] or AccountId.zero()
        for number in range(claims.num_staking_coldkeys)
    ]


def test_nothing_is_written_where_nobody_stakes(chain: Chain, walk: RootStakerWalk) -> None:
    chain.subtensor.stake.alpha_v2.clear()
    before = dict(chain.state.overlay.changes())
    walk.go_on()
    assert chain.state.overlay.changes() == before


def test_thirty_entries_are_looked_at_in_a_block(chain: Chain, walk: RootStakerWalk) -> None:
    expected = give(chain, 2 * KEYS_PER_BLOCK + 5)
    last = [raw for raw, _ in chain.subtensor.stake.alpha_v2.keys_after(None, 100)]
    for block, known in ((1, 30), (2, 60)):
        walk.go_on()
        assert numbered(chain) == expected[:known]
        assert chain.subtensor.stake.alpha_v2_map_last_key == last[block * 30 - 1]
    walk.go_on()
    assert numbered(chain) == expected
    assert chain.subtensor.stake.alpha_v2_map_last_key is None
    assert chain.state.overlay.get(Stake.alpha_v2_map_last_key.prefix) == b"\x00"


def test_a_walk_of_whole_parts_needs_another_block_to_see_its_end(
    chain: Chain, walk: RootStakerWalk
) -> None:
    give(chain, KEYS_PER_BLOCK)
    walk.go_on()
    assert chain.subtensor.stake.alpha_v2_map_last_key is not None
    walk.go_on()
    assert chain.subtensor.stake.alpha_v2_map_last_key is None


def test_the_walk_goes_on_behind_what_is_gone(chain: Chain, walk: RootStakerWalk) -> None:
    expected = give(chain, KEYS_PER_BLOCK + 10)
    walk.go_on()
    for coldkey in expected[20:32]:
        del chain.subtensor.stake.alpha_v2[HOT, coldkey, ROOT]
    walk.go_on()
    assert numbered(chain) == [*expected[:30], *expected[32:]]


def test_stake_in_subnets_does_not_count(chain: Chain, walk: RootStakerWalk) -> None:
    chain.subtensor.stake.alpha_v2.clear()
    chain.stake("nominator", "hot", 10, NETUID)
    walk.go_on()
    assert numbered(chain) == []
