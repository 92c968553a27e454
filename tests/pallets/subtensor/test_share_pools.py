"""A hotkey's pool over storage: shares of both formats, and nothing written in vain."""

import pytest

from taonet.frame.config import RuntimeConfig
from taonet.frame.overlay import EmptyState
from taonet.frame.state import State
from taonet.pallets.subtensor.share_pools import SharePools
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.units import Alpha, NetUid
from tests.pallets.subtensor.chain import account

HOT, COLD, OTHER = account("hot"), account("cold"), account("other")
NETUID = NetUid(3)


@pytest.fixture
def storage() -> Storage:
    return Storage(State(EmptyState(), RuntimeConfig()))


@pytest.fixture
def pools(storage: Storage) -> SharePools:
    return SharePools(storage.stake)


def test_rewards_are_shared_by_stake(pools: SharePools) -> None:
    pools.deposit(HOT, COLD, NETUID, Alpha(3_000))
    pools.deposit(HOT, OTHER, NETUID, Alpha(1_000))
    pools.deposit_for_all(HOT, NETUID, Alpha(400))

    assert pools.stake(HOT, COLD, NETUID) == Alpha(3_300)
    assert pools.stake(HOT, OTHER, NETUID) == Alpha(1_100)
    assert pools.total(HOT, NETUID) == Alpha(4_400)
    assert pools.subnets_of(HOT, COLD) == [NETUID]


def test_more_than_one_has_is_not_withdrawn(pools: SharePools) -> None:
    pools.deposit(HOT, COLD, NETUID, Alpha(10))
    pools.withdraw(HOT, COLD, NETUID, Alpha(11))

    assert pools.stake(HOT, COLD, NETUID) == Alpha(10)


def test_an_empty_pool_leaves_nothing_in_storage(storage: Storage, pools: SharePools) -> None:
    pools.deposit(HOT, COLD, NETUID, Alpha(10))
    pools.withdraw(HOT, COLD, NETUID, Alpha(10))

    assert list(pools.holders()) == []
    assert list(storage.stake.total_hotkey_alpha.keys()) == []
    assert list(storage.stake.total_hotkey_shares_v2.keys()) == []


def test_nothing_moves_nothing(storage: Storage, pools: SharePools) -> None:
    pools.deposit(HOT, COLD, NETUID, Alpha(0))

    assert not storage.state.overlay.changes()


def test_shares_of_the_old_format_are_read_and_moved_by_the_next_write(
    storage: Storage, pools: SharePools
) -> None:
    storage.stake.total_hotkey_alpha[HOT, NETUID] = Alpha(200)
    storage.stake.total_hotkey_shares[HOT, NETUID] = U64F64(100 << 64)
    storage.stake.alpha[HOT, COLD, NETUID] = U64F64(25 << 64)
    assert pools.stake(HOT, COLD, NETUID) == Alpha(50)
    assert list(pools.holders(HOT)) == [(HOT, COLD, NETUID)]

    pools.deposit(HOT, COLD, NETUID, Alpha(100))

    assert pools.stake(HOT, COLD, NETUID) == Alpha(150)
    assert (HOT, COLD, NETUID) not in storage.stake.alpha
    assert (HOT, NETUID) not in storage.stake.total_hotkey_shares


def test_a_pool_without_value_does_not_notice_a_deposit(
    storage: Storage, pools: SharePools
) -> None:
    pools.deposit(HOT, COLD, NETUID, Alpha(10))
    assert pools.would_change_shares(HOT, NETUID, Alpha(1))

    del storage.stake.total_hotkey_alpha[HOT, NETUID]
    assert not pools.would_change_shares(HOT, NETUID, Alpha(1))
