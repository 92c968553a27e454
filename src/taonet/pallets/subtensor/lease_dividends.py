"""
What the contributors of a leased subnet get of its owner's cut.

Source: subtensor pallets/subtensor/src/subnets/leasing.rs `distribute_leased_network_dividends`
@ 14bc6f9.
"""

from typing import Final

from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.subtensor.events.stake import SubnetLeaseDividendsDistributed
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import SubnetLease
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U64F64, saturate_u64, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid

PERCENT: Final = 100


class LeaseDividends:
    """Gathers the contributors' part and pays it out every so many blocks."""

    def __init__(self, storage: Storage, system: System, staking: Staking) -> None:
        self._storage = storage
        self._system = system
        self._staking = staking

    def distribute(self, netuid: NetUid, owner_cut: Alpha) -> None:
        """Note that the owner of a subnet was paid, and pay contributors if it is time."""
        leases = self._storage.leases
        lease_id = leases.subnet_uid_to_lease_id[netuid]
        lease = None if lease_id is None else leases.subnet_leases[lease_id]
        if lease_id is None or lease is None:
            return
        now = self._system.number
        if lease.end_block is not None and lease.end_block <= now:
            return
        # Rounded up, in favour of the contributors.
        part = -(-lease.emissions_share._0 * int(owner_cut) // PERCENT)
        waiting = leases.accumulated_lease_dividends
        due = Alpha(saturate_u64(int(waiting[lease_id]) + part))
        waiting[lease_id] = due
        if now % self._storage.constants.lease_dividends_distribution_interval:
            return
        try:
            with self._storage.state.transaction():
                self._pay(lease_id, lease, due)
                waiting[lease_id] = Alpha(0)
        except DispatchError:
            # Amounts too small to be transferred wait for more.
            return

    def _pay(self, lease_id: int, lease: SubnetLease, due: Alpha) -> None:
        paid = 0
        for (_, contributor), share in self._storage.leases.subnet_lease_shares.under(lease_id):
            amount = _ceiling(share, due)
            self._transfer(lease_id, lease, contributor, Alpha(amount))
            paid = saturate_u64(paid + amount)
        rest = Alpha(saturate_u64(int(due) - paid))
        self._transfer(lease_id, lease, lease.beneficiary, rest)

    def _transfer(
        self, lease_id: int, lease: SubnetLease, contributor: AccountId, amount: Alpha
    ) -> None:
        self._staking.transfer_within_subnet(
            (lease.hotkey, lease.coldkey), (lease.hotkey, contributor), lease.netuid, amount
        )
        self._storage.state.deposit(
            SubnetLeaseDividendsDistributed(
                lease_id=lease_id, contributor=contributor, alpha=amount
            )
        )


def _ceiling(share: U64F64, due: Alpha) -> int:
    """A share of an amount, rounded up to whole alpha."""
    exact = u64f64.mul_floor(share, u64f64.from_int(int(due)))
    return saturate_u64(-(-exact >> u64f64.fraction_bits))
