"""Locks: what they hold back, the sums they enter, and the owners they choose."""

import pytest

from taonet.frame.origin import Signed
from taonet.pallets.subtensor import errors
from taonet.pallets.subtensor.events.networks import SubnetOwnerChanged
from taonet.pallets.subtensor.events.stake import SubnetLeaseDividendsDistributed
from taonet.pallets.subtensor.succession import YEAR_BLOCKS
from taonet.pallets.subtensor.types import Percent, SubnetLease
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.units import Alpha, Rao
from tests.pallets.subtensor.chain import NETUID, Chain, account

ALICE, BOB, HOT, WARM = account("alice"), account("bob"), account("hot"), account("warm")
LOCKED = Alpha(10 * 10**9)


@pytest.fixture
def chain() -> Chain:
    """Alice has about 100 alpha on bob's hotkey, of which 10 are locked."""
    chain = Chain()
    chain.add_subnet()
    chain.own(BOB, HOT)
    chain.own(account("carol"), WARM)
    chain.stake("alice", "hot", 100)
    chain.subtensor.lock_calls.lock_stake(Signed(ALICE), HOT, NETUID, LOCKED)
    return chain


def test_a_lock_is_summed_by_hotkey_and_decays(chain: Chain) -> None:
    locks = chain.subtensor.locks
    whole = locks.decaying_hotkey_lock[NETUID, HOT]
    assert whole is not None
    assert whole.locked_mass == LOCKED
    chain.system.number += locks.unlock_rate
    chain.staking.locks.settle(ALICE, NETUID)

    left = chain.staking.locks.locked(ALICE, NETUID)
    assert int(left) == pytest.approx(10e9 / 2.718281828, rel=1e-6)
    rolled = locks.decaying_hotkey_lock[NETUID, HOT]
    assert rolled is not None
    assert rolled.locked_mass == left


def test_a_perpetual_lock_stays_and_is_summed_apart(chain: Chain) -> None:
    chain.subtensor.lock_calls.set_perpetual_lock(Signed(ALICE), NETUID, enabled=True)
    chain.system.number += 10 * chain.subtensor.locks.unlock_rate

    assert chain.staking.locks.locked(ALICE, NETUID) == LOCKED
    assert chain.subtensor.locks.decaying_hotkey_lock[NETUID, HOT] is None
    assert chain.subtensor.locks.hotkey_lock[NETUID, HOT] is not None


def test_more_than_one_has_is_not_locked_nor_on_two_hotkeys(chain: Chain) -> None:
    lock = chain.subtensor.lock_calls.lock_stake
    with pytest.raises(errors.InsufficientStakeForLock):
        lock(Signed(ALICE), HOT, NETUID, Alpha(100 * 10**9))
    with pytest.raises(errors.LockHotkeyMismatch):
        lock(Signed(ALICE), WARM, NETUID, LOCKED)
    with pytest.raises(errors.AmountTooLow):
        lock(Signed(ALICE), HOT, NETUID, Alpha(0))
    with pytest.raises(errors.HotKeyAccountNotExists):
        lock(Signed(ALICE), account("nobody"), NETUID, LOCKED)


def test_a_moved_lock_loses_its_conviction_to_another_owner(chain: Chain) -> None:
    chain.system.number += 100_000
    found = chain.staking.locks.lock_of(ALICE, NETUID)
    assert found is not None
    assert found[1].conviction > 0
    chain.subtensor.lock_calls.move_lock(Signed(ALICE), WARM, NETUID)

    moved = chain.staking.locks.lock_of(ALICE, NETUID)
    assert moved is not None
    assert (moved[0], moved[1].conviction) == (WARM, u64f64.zero)
    assert chain.subtensor.locks.decaying_hotkey_lock[NETUID, HOT] is None
    with pytest.raises(errors.NoExistingLock):
        chain.subtensor.lock_calls.move_lock(Signed(BOB), WARM, NETUID)


def test_locked_alpha_goes_only_to_who_accepts_it(chain: Chain) -> None:
    everything = Alpha(chain.stake_of("alice", "hot"))
    arguments = (Signed(ALICE), account("dave"), HOT, NETUID, NETUID, everything)
    with pytest.raises(errors.AccountRejectsLockedAlpha), chain.state.transaction():
        chain.calls.transfer_stake(*arguments)
    chain.subtensor.lock_calls.set_reject_locked_alpha(Signed(account("dave")), enabled=False)
    chain.calls.transfer_stake(*arguments)

    assert chain.staking.locks.locked(ALICE, NETUID) == Alpha(0)
    assert int(chain.staking.locks.locked(account("dave"), NETUID)) == int(LOCKED)
    chain.subtensor.lock_calls.set_reject_locked_alpha(Signed(account("dave")), enabled=True)
    assert account("dave") not in chain.subtensor.accounts.account_flags


def test_the_owners_cut_is_locked_where_the_subnet_wants_it(chain: Chain) -> None:
    chain.subtensor.hyperparameters.owner_cut_auto_lock_enabled[NETUID] = True
    chain.register("owner hotkey")
    chain.block(10)

    stake = chain.stake_of("owner", "owner hotkey")
    assert stake > 10**9
    assert chain.staking.locks.locked(account("owner"), NETUID) == Alpha(stake)
    assert chain.subtensor.locks.decaying_owner_lock[NETUID] is not None


def test_conviction_takes_a_subnet_over_after_a_year(chain: Chain) -> None:
    chain.subtensor.lock_calls.lock_stake(
        Signed(ALICE), HOT, NETUID, Alpha(chain.stake_of("alice", "hot") - int(LOCKED))
    )
    chain.subtensor.lock_calls.set_perpetual_lock(Signed(ALICE), NETUID, enabled=True)
    chain.system.number = YEAR_BLOCKS - 1
    chain.subtensor.epochs.last_epoch_block[NETUID] = YEAR_BLOCKS - 10
    chain.subtensor.epochs.subnet_epoch_index[NETUID] = 7
    chain.block()

    assert chain.events(SubnetOwnerChanged) == [
        SubnetOwnerChanged(netuid=NETUID, old_coldkey=account("owner"), new_coldkey=BOB)
    ]
    assert chain.subtensor.networks.subnet_owner_hotkey[NETUID] == HOT
    assert chain.subtensor.neurons.uids[NETUID, HOT] is not None
    assert chain.subtensor.locks.owner_lock[NETUID] is not None
    assert chain.subtensor.locks.hotkey_lock[NETUID, HOT] is None


def test_contributors_of_a_lease_are_paid_their_shares(chain: Chain) -> None:
    leases = chain.subtensor.leases
    owner, hotkey = account("owner"), account("owner hotkey")
    leases.subnet_uid_to_lease_id[NETUID] = 0
    leases.subnet_leases[0] = SubnetLease(
        beneficiary=BOB,
        coldkey=owner,
        hotkey=hotkey,
        emissions_share=Percent(50),
        end_block=None,
        netuid=NETUID,
        cost=Rao(0),
    )
    leases.subnet_lease_shares[0, ALICE] = U64F64(3 << 62)
    chain.block(95)
    waiting = int(leases.accumulated_lease_dividends[0])
    assert waiting == pytest.approx(90 * 0.18e9 * 0.5, rel=0.2)
    chain.subtensor.epochs.pending_epoch_at[NETUID] = 100
    chain.block(5)

    paid = {
        event.contributor: int(event.alpha)
        for event in chain.events(SubnetLeaseDividendsDistributed)
        if isinstance(event, SubnetLeaseDividendsDistributed)
    }
    assert paid[ALICE] == pytest.approx(3 * paid[BOB], abs=4)
    assert leases.accumulated_lease_dividends[0] == Alpha(0)
    assert chain.stake_of("alice", "owner hotkey") == pytest.approx(paid[ALICE], abs=2)


def test_a_moved_lock_leaves_a_sum_that_aged_by_itself(chain: Chain) -> None:
    chain.stake("dave", "hot", 100)
    chain.subtensor.lock_calls.lock_stake(Signed(account("dave")), HOT, NETUID, LOCKED)
    chain.system.number += 100_000
    locks = chain.staking.locks
    kind = locks._kind(ALICE, NETUID, HOT)
    whole = locks._rolled(locks._sum(NETUID, HOT, kind), kind)
    found = locks.lock_of(ALICE, NETUID)
    assert found is not None
    chain.subtensor.lock_calls.move_lock(Signed(ALICE), WARM, NETUID)

    left = chain.subtensor.locks.decaying_hotkey_lock[NETUID, HOT]
    assert left is not None
    assert left.locked_mass == whole.mass - found[1].mass
    assert left.conviction == whole.conviction - found[1].conviction
    moved = chain.subtensor.locks.decaying_hotkey_lock[NETUID, WARM]
    assert moved is not None
    assert moved.locked_mass == found[1].mass


def test_a_choice_that_changes_nothing_leaves_the_sums(chain: Chain) -> None:
    owner_hotkey = account("owner hotkey")
    chain.stake("dave", "owner hotkey", 100)
    chain.subtensor.lock_calls.lock_stake(Signed(account("dave")), owner_hotkey, NETUID, LOCKED)
    chain.system.number += 100_000
    chain.staking.locks.settle(account("dave"), NETUID)
    before = chain.subtensor.locks.decaying_owner_lock[NETUID]
    chain.subtensor.lock_calls.set_perpetual_lock(Signed(account("dave")), NETUID, enabled=False)
    assert chain.subtensor.locks.decaying_owner_lock[NETUID] == before


def test_a_lock_that_is_refused_does_not_settle_the_former(chain: Chain) -> None:
    chain.system.number += 100_000
    before = dict(chain.state.overlay.changes())
    with pytest.raises(errors.InsufficientStakeForLock):
        chain.staking.locks.lock(ALICE, NETUID, HOT, Alpha(200 * 10**9))
    assert dict(chain.state.overlay.changes()) == before
