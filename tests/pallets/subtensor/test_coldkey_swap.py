"""
Swapping coldkeys: announcement, delays, dispute, and everything that moves.

The rules follow subtensor pallets/subtensor/src/tests/swap_coldkey.rs.
"""

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Origin, Root, Signed
from taonet.pallets.subtensor.errors import (
    AccountRejectsLockedAlpha,
    ActiveLockExists,
    AnnouncedColdkeyHashDoesNotMatch,
    ColdKeyAlreadyAssociated,
    ColdkeySwapAlreadyDisputed,
    ColdkeySwapAnnouncementNotFound,
    ColdkeySwapClearTooEarly,
    ColdkeySwapReannouncedTooEarly,
    ColdkeySwapTooEarly,
    Deprecated,
    NewColdKeyIsHotkey,
    NotEnoughBalanceToPaySwapColdKey,
)
from taonet.pallets.subtensor.events.accounts import (
    ColdkeySwapAnnounced,
    ColdkeySwapCleared,
    ColdkeySwapDisputed,
    ColdkeySwapped,
    ColdkeySwapReset,
)
from taonet.pallets.subtensor.lock_swaps import LockSwaps
from taonet.pallets.subtensor.types import ChainIdentityV2, LastTransaction
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import ROOT, Alpha, Rao, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

OLD, NEW, HOT = account("hot cold"), account("new cold"), account("hot")
WHO, ROOT_ORIGIN = Signed(OLD), Root()
ANNOUNCED = 100
DUE, RENEWABLE = 150, 160
"""Fast networks wait 50 blocks, and 10 more before a new announcement."""


def hash_of(coldkey: AccountId) -> H256:
    return H256(blake2_256(coldkey))


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.register("hot")
    chain.fund(OLD, to_rao(1))
    chain.system.number = ANNOUNCED
    return chain


def announce(chain: Chain, coldkey: AccountId = NEW, origin: Origin = WHO) -> None:
    chain.subtensor.coldkey_swap.announce_coldkey_swap(origin, hash_of(coldkey))


def swap(chain: Chain, coldkey: AccountId = NEW, origin: Origin = WHO) -> None:
    chain.subtensor.coldkey_swap.swap_coldkey_announced(origin, coldkey)
    chain.subtensor.block_step.try_state()
    chain.balances.try_state()


def force(chain: Chain, cost: int = 0, origin: Origin = ROOT_ORIGIN) -> None:
    chain.subtensor.coldkey_swap.swap_coldkey(origin, OLD, NEW, Rao(cost))
    chain.subtensor.block_step.try_state()
    chain.balances.try_state()


def test_an_announcement_is_paid_once(chain: Chain) -> None:
    issued = int(chain.subtensor.emission.total_issuance)
    announce(chain)
    announced = ColdkeySwapAnnounced(who=OLD, new_coldkey_hash=hash_of(NEW))
    assert chain.events(ColdkeySwapAnnounced) == [announced]
    assert chain.subtensor.key_swaps.coldkey_swap_announcements[OLD] == (DUE, hash_of(NEW))
    chain.system.number = RENEWABLE - 1
    refuse(chain, ColdkeySwapReannouncedTooEarly, announce, chain)
    chain.system.number = RENEWABLE
    announce(chain, account("third"))

    assert chain.subtensor.key_swaps.coldkey_swap_announcements[OLD] == (
        RENEWABLE + 50,
        hash_of(account("third")),
    )
    assert chain.balances.free(OLD) == Rao(900_000_000)
    assert issued - int(chain.subtensor.emission.total_issuance) == 100_000_000


def test_an_announcement_must_be_paid(chain: Chain) -> None:
    error = NotEnoughBalanceToPaySwapColdKey
    refuse(chain, error, announce, chain, NEW, Signed(account("poor")))
    refuse(chain, BadOrigin, announce, chain, NEW, Root())


def test_the_announced_coldkey_takes_over_when_it_is_time(chain: Chain) -> None:
    announce(chain)
    chain.system.number = DUE - 1
    refuse(chain, ColdkeySwapTooEarly, swap, chain)
    chain.system.number = DUE
    refuse(chain, AnnouncedColdkeyHashDoesNotMatch, swap, chain, account("third"))
    refuse(chain, BadOrigin, swap, chain, NEW, Root())
    swap(chain)

    assert OLD not in chain.subtensor.key_swaps.coldkey_swap_announcements
    assert chain.events(ColdkeySwapped) == [ColdkeySwapped(old_coldkey=OLD, new_coldkey=NEW)]
    assert chain.subtensor.accounts.owner[HOT] == NEW
    refuse(chain, ColdkeySwapAnnouncementNotFound, swap, chain)


def test_everything_moves(chain: Chain) -> None:
    subtensor, claims = chain.subtensor, chain.subtensor.root_claims
    accounts = subtensor.accounts
    identity = ChainIdentityV2(*(b"x",) * 7)
    chain.own(account("other"), account("validator"))
    chain.stake("hot cold", "hot", 10)
    chain.stake("hot cold", "validator", 20)
    chain.stake("hot cold", "hot", 30, ROOT)
    claims.root_claimable[HOT] = {NETUID: I96F32(1 << 31)}
    claims.root_claimed[NETUID, HOT, OLD] = 55
    accounts.identities_v2[OLD] = identity
    accounts.auto_stake_destination[OLD, NETUID] = HOT
    accounts.auto_stake_destination_coldkeys[HOT, NETUID] = (OLD, account("x"))
    subtensor.networks.subnet_owner[NETUID] = OLD
    places = [("hot", NETUID), ("validator", NETUID), ("hot", ROOT)]
    before = [chain.stake_of("hot cold", hotkey, netuid) for hotkey, netuid in places]
    free, total = chain.balances.free(OLD), subtensor.stake.total_stake
    force(chain)

    moved = [chain.stake_of("new cold", hotkey, netuid) for hotkey, netuid in places]
    assert moved == before
    assert [chain.stake_of("hot cold", hotkey, netuid) for hotkey, netuid in places] == [0] * 3
    assert subtensor.stake.total_stake == total
    assert (chain.balances.free(OLD), chain.balances.free(NEW)) == (Rao(0), free)
    assert OLD not in chain.system.account
    assert accounts.owned_hotkeys[NEW] == (HOT,)
    assert accounts.staking_hotkeys[NEW] == (HOT, account("validator"))
    assert accounts.owned_hotkeys[OLD] == accounts.staking_hotkeys[OLD] == ()
    assert accounts.identities_v2[NEW] == identity
    assert accounts.identities_v2[OLD] is None
    assert accounts.auto_stake_destination[NEW, NETUID] == HOT
    assert accounts.auto_stake_destination_coldkeys[HOT, NETUID] == (account("x"), NEW)
    assert subtensor.networks.subnet_owner[NETUID] == NEW
    assert claims.root_claimed[NETUID, HOT, OLD] == 0
    assert claims.root_claimed[NETUID, HOT, NEW] == 55
    assert claims.staking_coldkeys[OLD] is None
    assert claims.staking_coldkeys[NEW] is not None
    assert claims.num_staking_coldkeys == 1
    assert subtensor.rate_limits.last_rate_limited_block[LastTransaction(NEW)] == ANNOUNCED


def test_the_new_coldkeys_identity_stays(chain: Chain) -> None:
    identities = chain.subtensor.accounts.identities_v2
    identities[OLD] = ChainIdentityV2(*(b"old",) * 7)
    identities[NEW] = ChainIdentityV2(*(b"new",) * 7)
    force(chain)
    assert identities[NEW] == ChainIdentityV2(*(b"new",) * 7)


def test_others_stake_on_the_hotkeys_stays(chain: Chain) -> None:
    chain.stake("nominator", "hot", 10)
    before = chain.stake_of("nominator", "hot")
    force(chain)
    assert chain.stake_of("nominator", "hot") == before


def test_locks_and_choices_move(chain: Chain) -> None:
    locks, flags = chain.subtensor.locks, chain.subtensor.accounts.account_flags
    chain.stake("hot cold", "hot", 10)
    chain.staking.locks.set_perpetual(OLD, NETUID, enabled=True)
    chain.staking.locks.lock(OLD, NETUID, HOT, Alpha(10**9))
    chain.system.number = 100_000
    before = chain.staking.locks.lock_of(OLD, NETUID)
    assert before is not None
    force(chain)

    assert chain.staking.locks.lock_of(NEW, NETUID) == before
    assert chain.staking.locks.lock_of(OLD, NETUID) is None
    assert locks.decaying_lock[NEW, NETUID] is False
    assert locks.decaying_lock[OLD, NETUID] is None
    whole = locks.hotkey_lock[NETUID, HOT]
    assert whole is not None
    assert (whole.locked_mass, whole.conviction) == (before[1].mass, before[1].conviction)
    assert (NETUID, HOT) not in locks.decaying_hotkey_lock
    assert locks.locking_coldkeys[NETUID, HOT, NEW] == ()
    assert NEW not in flags


def test_a_coldkey_in_use_cannot_take_over(chain: Chain) -> None:
    refuse(chain, NewColdKeyIsHotkey, _announced, chain, HOT)
    chain.stake("new cold", "hot", 1)
    refuse(chain, ColdKeyAlreadyAssociated, _announced, chain, NEW)


def _announced(chain: Chain, coldkey: AccountId) -> None:
    announce(chain, coldkey)
    chain.system.number = DUE
    swap(chain, coldkey)


def test_a_coldkey_with_a_lock_cannot_take_over(chain: Chain) -> None:
    chain.stake("new cold", "hot", 10)
    chain.staking.locks.lock(NEW, NETUID, HOT, Alpha(10**9))
    # What a coldkey stakes on is forgotten where it has nothing; the lock is not.
    chain.subtensor.accounts.staking_hotkeys[NEW] = ()
    refuse(chain, ActiveLockExists, force, chain)
    refuse(chain, ActiveLockExists, _announced, chain, NEW)


def test_root_cannot_force_a_key_in_use_either(chain: Chain) -> None:
    chain.own(account("someone"), NEW)
    refuse(chain, NewColdKeyIsHotkey, force, chain)
    chain.stake("new cold", "hot", 1)
    refuse(chain, ColdKeyAlreadyAssociated, force, chain)


def test_locks_do_not_move_to_who_rejects_them(chain: Chain) -> None:
    """A swap has its new coldkey accept them first; the rule is there all the same."""
    chain.stake("hot cold", "hot", 10)
    locks = chain.staking.locks
    locks.lock(OLD, NETUID, HOT, Alpha(10**9))
    locks.set_accepts_locked_alpha(NEW, accepts=False)
    swaps = LockSwaps(chain.subtensor, chain.system, chain.staking.pools)
    refuse(chain, AccountRejectsLockedAlpha, swaps.swap_coldkey, OLD, NEW)
    force(chain)
    assert locks.lock_of(OLD, NETUID) is None
    assert locks.lock_of(NEW, NETUID) is not None


def test_root_swaps_at_any_time_and_for_any_price(chain: Chain) -> None:
    announce(chain)
    chain.subtensor.coldkey_swap.dispute_coldkey_swap(WHO)
    refuse(chain, BadOrigin, force, chain, 0, WHO)
    refuse(chain, NotEnoughBalanceToPaySwapColdKey, force, chain, 10**9)
    force(chain, 400_000_000)

    assert chain.balances.free(NEW) == Rao(500_000_000)
    swaps = chain.subtensor.key_swaps
    assert OLD not in swaps.coldkey_swap_announcements
    assert OLD not in swaps.coldkey_swap_disputes


def test_a_swap_is_disputed_once_and_reset_by_root(chain: Chain) -> None:
    calls, swaps = chain.subtensor.coldkey_swap, chain.subtensor.key_swaps
    refuse(chain, ColdkeySwapAnnouncementNotFound, calls.dispute_coldkey_swap, WHO)
    announce(chain)
    calls.dispute_coldkey_swap(WHO)
    assert swaps.coldkey_swap_disputes[OLD] == ANNOUNCED
    assert chain.events(ColdkeySwapDisputed) == [ColdkeySwapDisputed(coldkey=OLD)]
    refuse(chain, ColdkeySwapAlreadyDisputed, calls.dispute_coldkey_swap, WHO)
    refuse(chain, BadOrigin, calls.dispute_coldkey_swap, Root())
    refuse(chain, BadOrigin, calls.reset_coldkey_swap, WHO, OLD)
    calls.reset_coldkey_swap(Root(), OLD)

    assert OLD not in swaps.coldkey_swap_announcements
    assert OLD not in swaps.coldkey_swap_disputes
    assert chain.events(ColdkeySwapReset) == [ColdkeySwapReset(who=OLD)]


def test_an_announcement_is_withdrawn_when_it_could_be_renewed(chain: Chain) -> None:
    clear = chain.subtensor.coldkey_swap.clear_coldkey_swap_announcement
    refuse(chain, ColdkeySwapAnnouncementNotFound, clear, WHO)
    announce(chain)
    chain.system.number = RENEWABLE - 1
    refuse(chain, ColdkeySwapClearTooEarly, clear, WHO)
    refuse(chain, BadOrigin, clear, Root())
    chain.system.number = RENEWABLE
    clear(WHO)

    assert OLD not in chain.subtensor.key_swaps.coldkey_swap_announcements
    assert chain.events(ColdkeySwapCleared) == [ColdkeySwapCleared(who=OLD)]


def test_the_former_way_is_closed(chain: Chain) -> None:
    refuse(chain, Deprecated, chain.subtensor.coldkey_swap.schedule_swap_coldkey, WHO, NEW)
