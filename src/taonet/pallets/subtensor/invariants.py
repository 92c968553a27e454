"""
What always holds of SubtensorModule's storage, checked in tests and on request.

Source: subtensor pallets/subtensor/src/utils/try_state.rs @ 14bc6f9; the rest follows from how
stake, neurons and issuance are kept.
"""

from collections import Counter
from typing import Final

from taonet.pallets.balances import EXISTENTIAL_DEPOSIT
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid

DUST_MAX: Final = 100 * EXISTENTIAL_DEPOSIT
"""
What a subnet's account may have lost, in rao: less than the existential deposit each time that
somebody unstakes nearly all of it, so a hundred times over a subnet's life. It happens where the
pool may be emptied, on root and in subnets without a pool's price.

Source: subtensor pallets/subtensor/src/coinbase/tao.rs `transfer_tao_from_subnet` @ 14bc6f9.
"""


def check_state(storage: Storage, staking: Staking) -> None:
    """Raises `AssertionError` with the first contradiction."""
    _check_neurons(storage)
    _check_stake(storage, staking)
    _check_issuance(storage, staking)


def _check_neurons(storage: Storage) -> None:
    """`Keys` and `Uids` are each other's inverse, and `SubnetworkN` counts them."""
    counts: Counter[NetUid] = Counter()
    for (netuid, uid), hotkey in storage.neurons.keys.items():
        counts[netuid] += 1
        assert storage.neurons.uids[netuid, hotkey] == uid, f"uid {uid} of subnet {netuid}"
    uids: Counter[NetUid] = Counter(netuid for (netuid, _), _ in storage.neurons.uids.items())
    assert uids == counts, "some hotkey has a uid that is not its own"
    for netuid, number in storage.networks.subnetwork_n.items():
        assert counts[netuid] == number, f"subnet {netuid} has {counts[netuid]}, not {number}"


def _check_stake(storage: Storage, staking: Staking) -> None:
    """
    Nobody's shares are worth more than the pools hold, nor the pools more than is outside.

    With a part of childkey takes to be burned, an epoch takes that part off the alpha outside and
    pays it all the same, as the real chain does: what was ever recycled bounds how much.

    Source: subtensor pallets/subtensor/src/coinbase/run_coinbase.rs
    `get_parent_child_dividends_distribution`, `calculate_dividend_distribution` @ 14bc6f9.
    """
    values: Counter[tuple[AccountId, NetUid]] = Counter()
    holders: Counter[tuple[AccountId, NetUid]] = Counter()
    for hotkey, coldkey, netuid in staking.pools.holders():
        values[hotkey, netuid] += int(staking.pools.stake(hotkey, coldkey, netuid))
        holders[hotkey, netuid] += 1
    outside: Counter[NetUid] = Counter()
    for (hotkey, netuid), total in storage.stake.total_hotkey_alpha.items():
        outside[netuid] += int(total)
        # Each holder's value is cut off on its own, which may leave one unit too many.
        assert values[hotkey, netuid] <= int(total) + 1, f"{hotkey.hex()} in subnet {netuid}"
    for netuid, staked in outside.items():
        there = int(storage.pools.subnet_alpha_out[netuid])
        if storage.global_parameters.ck_burn:
            there += int(staking.recycled_alpha(netuid))
        assert staked <= there, f"alpha of subnet {netuid}"


def _check_issuance(storage: Storage, staking: Staking) -> None:
    """
    The module counts at least the TAO that Balances does: dust that is lost in a plain transfer
    leaves only the latter. Each subnet's account holds what its pool says, but for dust: who
    unstakes all but less than the existential deposit ends the account, as on the real chain.
    """
    issued = int(staking.tao.issued_by_balances())
    assert int(storage.emission.total_issuance) >= issued, "TAO that nobody issued"
    for netuid in staking.subnets.all():
        held = int(staking.tao.balance(staking.tao.account_of(netuid)))
        reserve = int(storage.pools.subnet_tao[netuid])
        assert held + DUST_MAX > reserve, f"subnet {netuid} holds {held} of {reserve} rao"
