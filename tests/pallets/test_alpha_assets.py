"""Counting alpha: minted, burned, recycled."""

from taonet.frame.config import RuntimeConfig
from taonet.frame.overlay import EmptyState
from taonet.frame.state import State
from taonet.pallets.alpha_assets import AlphaAssets
from taonet.primitives.fixed_point import U64_MAX
from taonet.primitives.units import Alpha, NetUid

NETUID = NetUid(1)


def test_recycled_alpha_leaves_the_issuance_and_burned_alpha_stays() -> None:
    assets = AlphaAssets(State(EmptyState(), RuntimeConfig()))
    assets.mint(NETUID, Alpha(100))
    assets.burn(NETUID, Alpha(30))
    assets.recycle(NETUID, Alpha(20))

    assert assets.total_alpha_issuance[NETUID] == Alpha(80)
    assert assets.alpha_burned[NETUID] == Alpha(30)
    assert assets.alpha_recycled[NETUID] == Alpha(20)


def test_counters_stop_at_their_ends_and_nothing_writes_nothing() -> None:
    assets = AlphaAssets(State(EmptyState(), RuntimeConfig()))
    assets.mint(NETUID, Alpha(0))
    assert not assets.state.overlay.changes()

    assets.mint(NETUID, Alpha(U64_MAX))
    assets.mint(NETUID, Alpha(1))
    assert assets.total_alpha_issuance[NETUID] == Alpha(U64_MAX)

    assets.recycle(NETUID, Alpha(U64_MAX))
    assets.recycle(NETUID, Alpha(1))
    assert assets.total_alpha_issuance[NETUID] == Alpha(0)
