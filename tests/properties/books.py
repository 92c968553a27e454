"""What must always add up, computed from storage alone and apart from the code that keeps it."""

from collections import Counter
from dataclasses import dataclass

from taonet.pallets.balances import EXISTENTIAL_DEPOSIT
from taonet.primitives.units import NetUid
from taonet.runtime.runtime import Runtime


@dataclass(frozen=True)
class AlphaCount:
    """A subnet's alpha at one moment."""

    registered_at: int
    existing: int
    """In the pool and outside of it."""
    recycled: int
    issued: int


def count_alpha(runtime: Runtime) -> dict[NetUid, AlphaCount]:
    """Every subnet's alpha now."""
    networks, pools = runtime.subtensor.networks, runtime.subtensor.pools
    assets = runtime.alpha_assets
    return {
        netuid: AlphaCount(
            networks.network_registered_at[netuid],
            int(pools.subnet_alpha_in[netuid]) + int(pools.subnet_alpha_out[netuid]),
            int(assets.alpha_recycled[netuid]),
            int(assets.total_alpha_issuance[netuid]),
        )
        for netuid in runtime.subtensor.staking.subnets.without_root()
    }


def check_alpha_kept(
    before: dict[NetUid, AlphaCount], after: dict[NetUid, AlphaCount], *, registers: bool
) -> None:
    """
    No call makes alpha, and what a subnet has less of was recycled.

    Alpha that a registration buys is lost without being counted, as on the real chain.
    """
    for netuid, now in after.items():
        then = before.get(netuid)
        if then is not None and then.registered_at == now.registered_at:
            made = now.existing + now.recycled - then.existing - then.recycled
            assert made <= 0, f"{made} alpha of subnet {netuid} came from nowhere"
            assert made == 0 or registers, f"{-made} alpha of subnet {netuid} was lost"


def check_alpha_issued(before: dict[NetUid, AlphaCount], after: dict[NetUid, AlphaCount]) -> None:
    """
    A block's start makes the alpha that it counts as issued.

    A new pool's alpha is never counted, so that recycling can count down to 0 and stay there.
    """
    for netuid, now in after.items():
        then = before.get(netuid)
        if then is not None and then.registered_at == now.registered_at and then.issued:
            made, counted = now.existing - then.existing, now.issued - then.issued
            assert made == counted, f"{made} alpha of subnet {netuid} is counted as {counted}"


def check_books(runtime: Runtime) -> None:
    """Raises `AssertionError` with the first sum that is wrong."""
    check_accounts(runtime)
    check_alpha(runtime)
    check_shares(runtime)


def check_accounts(runtime: Runtime) -> None:
    """TAO is what accounts hold, and nobody holds less than an account must."""
    held = 0
    for who, info in runtime.system.account.items():
        total = info.data.free + info.data.reserved
        assert total == 0 or total >= EXISTENTIAL_DEPOSIT, f"{who.hex()} holds {total} rao"
        held += total
    assert held == int(runtime.balances.total_issuance)


def check_alpha(runtime: Runtime) -> None:
    """There is more alpha outside of a subnet's pool than what is staked and waits for it."""
    module = runtime.subtensor
    pools, emission = module.pools, module.emission
    staked: Counter[NetUid] = Counter()
    for (_, netuid), total in module.stake.total_hotkey_alpha.items():
        staked[netuid] += int(total)
    for netuid in module.staking.subnets.without_root():
        outside = int(pools.subnet_alpha_out[netuid])
        waiting = sum(
            int(pending[netuid])
            for pending in (
                emission.pending_server_emission,
                emission.pending_validator_emission,
                emission.pending_root_alpha_divs,
                emission.pending_owner_cut,
            )
        )
        assert staked[netuid] + waiting <= outside, f"subnet {netuid} owes more than there is"


def check_shares(runtime: Runtime) -> None:
    """
    What a hotkey's pool holds belongs to someone.

    The reverse does not hold, as on the real chain: shares that a rounded withdrawal has left may
    outlive their pool, worth nothing.
    """
    stake = runtime.subtensor.stake
    holders = {(hotkey, netuid) for hotkey, _, netuid in runtime.subtensor.staking.pools.holders()}
    for (hotkey, netuid), total in stake.total_hotkey_alpha.items():
        assert int(total) > 0, f"an empty pool of {hotkey.hex()} is stored"
        assert (hotkey, netuid) in holders, f"{total} of {hotkey.hex()} in {netuid} has no owner"
