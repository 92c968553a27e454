"""Root dividends: earned by rate, claimed as alpha or TAO, never twice."""

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed
from taonet.pallets.subtensor import errors
from taonet.pallets.subtensor.events.stake import RootClaimed
from taonet.pallets.subtensor.root_claim_calls import picked
from taonet.pallets.subtensor.types import Keep, KeepSubnets, Swap
from taonet.primitives.ids import H256
from taonet.primitives.units import ROOT, Alpha, NetUid, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account

ALICE, BOB, HOT = account("alice"), account("bob"), account("hot")


@pytest.fixture
def chain() -> Chain:
    """Alice and bob have 300 and 100 TAO on root, and their hotkey earned 4 alpha."""
    chain = Chain()
    chain.add_subnet()
    chain.own(account("validator cold"), HOT)
    chain.stake("alice", "hot", 300, ROOT)
    chain.stake("bob", "hot", 100, ROOT)
    earn(chain, 4 * 10**9)
    return chain


def earn(chain: Chain, amount: int) -> None:
    """Alpha for the root stakers of the hotkey, as an epoch gives it."""
    pools = chain.subtensor.pools
    pools.subnet_alpha_out[NETUID] += Alpha(amount)
    chain.assets.mint(NETUID, Alpha(amount))
    assert chain.staking.root.credit(HOT, NETUID, Alpha(amount))


def owed(chain: Chain, name: str) -> int:
    """Whole units that a coldkey could claim."""
    return chain.staking.root.owed(HOT, account(name), NETUID) >> 32


def test_dividends_are_owed_by_root_stake(chain: Chain) -> None:
    assert owed(chain, "alice") == pytest.approx(3 * 10**9, abs=200)
    assert owed(chain, "bob") == pytest.approx(10**9, abs=200)


def test_new_stake_has_no_part_in_what_was_earned_before(chain: Chain) -> None:
    before = owed(chain, "alice")
    chain.stake("alice", "hot", 300, ROOT)
    assert owed(chain, "alice") == pytest.approx(before, abs=200)

    chain.stake("carol", "hot", 100, ROOT)
    assert owed(chain, "carol") <= 0


def test_stake_that_leaves_gives_up_its_part(chain: Chain) -> None:
    chain.calls.remove_stake(Signed(ALICE), HOT, ROOT, Alpha(150 * 10**9))

    # What was paid counts by stake too, so that a claim in between changes nothing.
    assert owed(chain, "alice") == pytest.approx(1.5 * 10**9, abs=200)


def test_kept_dividends_become_stake_once(chain: Chain) -> None:
    chain.subtensor.root_claim_calls.set_root_claim_type(Signed(ALICE), Keep())
    claims = chain.subtensor.root_claim_calls
    claims.claim_root(Signed(ALICE), (NETUID,))
    assert chain.stake_of("alice", "hot") == pytest.approx(3 * 10**9, abs=200)
    assert chain.events(RootClaimed) == [RootClaimed(coldkey=ALICE)]

    claims.claim_root(Signed(ALICE), (NETUID,))
    assert chain.stake_of("alice", "hot") == pytest.approx(3 * 10**9, abs=200)
    assert owed(chain, "alice") == 0


def test_sold_dividends_are_staked_on_root(chain: Chain) -> None:
    assert chain.subtensor.root_claims.root_claim_type[BOB] == Swap()
    before = chain.stake_of("bob", "hot", ROOT), chain.subtensor.pools.subnet_tao[ROOT]
    chain.subtensor.root_claim_calls.claim_root(Signed(BOB), (NETUID,))

    gained = chain.stake_of("bob", "hot", ROOT) - before[0]
    assert gained == pytest.approx(10**9, rel=2e-3)
    assert int(chain.subtensor.pools.subnet_tao[ROOT]) - int(before[1]) == pytest.approx(
        gained, abs=1
    )
    assert int(chain.subtensor.emission.subnet_root_sell_tao[NETUID]) == gained
    assert abs(owed(chain, "bob")) <= 1
    chain.subtensor.block_step.try_state()


def test_a_chosen_subnets_dividends_are_kept(chain: Chain) -> None:
    claims = chain.subtensor.root_claim_calls
    claims.set_root_claim_type(Signed(ALICE), KeepSubnets(subnets=(NETUID,)))
    claims.set_root_claim_type(Signed(BOB), KeepSubnets(subnets=(NetUid(7),)))
    for who in (ALICE, BOB):
        claims.claim_root(Signed(who), (NETUID,))

    assert chain.stake_of("alice", "hot") > 0
    assert chain.stake_of("bob", "hot") == 0


def test_small_dividends_wait(chain: Chain) -> None:
    claims = chain.subtensor.root_claim_calls
    claims.set_root_claim_type(Signed(ALICE), Keep())
    claims.claim_root(Signed(ALICE), (NETUID,))
    earn(chain, 4 * 600_000)
    before = chain.stake_of("alice", "hot")
    claims.sudo_set_root_claim_threshold(Root(), NETUID, 2_000_000)
    claims.claim_root(Signed(ALICE), (NETUID,))
    assert chain.stake_of("alice", "hot") == before

    claims.sudo_set_root_claim_threshold(Root(), NETUID, 1_000_000)
    claims.claim_root(Signed(ALICE), (NETUID,))
    assert chain.stake_of("alice", "hot") == pytest.approx(before + 1_800_000, abs=400)


def test_some_coldkeys_claim_in_every_block(chain: Chain) -> None:
    claims = chain.subtensor.root_claim_calls
    for who in (ALICE, BOB):
        claims.set_root_claim_type(Signed(who), Keep())
    chain.system.parent_hash = H256(bytes(range(32)))
    chain.block()

    assert chain.stake_of("alice", "hot") > 0
    assert chain.stake_of("bob", "hot") > 0


def test_the_hash_picks_numbers_as_the_real_chain_does() -> None:
    words = [1, 2, 3, 4]
    parent = H256(b"".join(word.to_bytes(8, "big") for word in words))

    # 1 + 1, + 2, + 3, + 4, + 1: each modulo 10.
    assert picked(parent, 5, 10) == [1, 2, 4, 7]
    assert picked(parent, 5, 0) == [0]
    assert picked(parent, 0, 10) == []


def test_what_may_not_be_claimed_is_refused(chain: Chain) -> None:
    claims = chain.subtensor.root_claim_calls
    with pytest.raises(errors.InvalidSubnetNumber):
        claims.claim_root(Signed(ALICE), ())
    with pytest.raises(errors.InvalidSubnetNumber):
        claims.claim_root(Signed(ALICE), tuple(NetUid(n) for n in range(6)))
    with pytest.raises(errors.InvalidSubnetNumber):
        claims.set_root_claim_type(Signed(ALICE), KeepSubnets(subnets=()))
    with pytest.raises(errors.InvalidNumRootClaim):
        claims.sudo_set_num_root_claims(Root(), 51)
    with pytest.raises(BadOrigin):
        claims.sudo_set_num_root_claims(Signed(ALICE), 5)
    with pytest.raises(errors.InvalidRootClaimThreshold):
        claims.sudo_set_root_claim_threshold(Root(), NETUID, 10_000_001)


def test_more_than_the_root_stake_is_not_shared(chain: Chain) -> None:
    """So small a stake would be owed without bound."""
    assert not chain.staking.root.credit(HOT, NETUID, Alpha(int(to_rao(401))))


def test_numbers_of_coldkeys_stay_dense(chain: Chain) -> None:
    chain.stake("carol", "hot", 10, ROOT)
    chain.calls.unstake_all(Signed(ALICE), HOT)

    claims = chain.subtensor.root_claims
    assert claims.num_staking_coldkeys == 2
    assert [claims.staking_coldkeys_by_index[n] for n in range(3)] == [
        account("carol"),
        BOB,
        None,
    ]
    assert claims.staking_coldkeys[account("carol")] == 0
