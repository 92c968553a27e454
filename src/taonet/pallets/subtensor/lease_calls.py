"""
Leased subnets: paid for by a crowdloan, owned by an account without a key until the lease ends.

A crowdloan whose call is `register_leased_network` buys a subnet when it is finalized. What the
subnet did not cost goes back; from then on contributors have their shares of the owner's cut. A
lease with an end passes the subnet to its beneficiary, the crowdloan's creator.

Meanwhile the beneficiary runs the subnet: it is a proxy of the lease's account, for what an owner
may set and no more. The lease pays the deposit for that proxy, which is part of its cost.

Source: subtensor pallets/subtensor/src/subnets/leasing.rs @ 14bc6f9.
"""

from contextlib import suppress
from typing import Final

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Origin, Signed, ensure_signed
from taonet.frame.pallet import Pallet, PostInfo, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.balances import Balances
from taonet.pallets.balances_types import Preservation
from taonet.pallets.crowdloan.errors import InvalidCrowdloanId
from taonet.pallets.crowdloan.storage import CrowdloanInfo, CrowdloanStorage
from taonet.pallets.proxy import Proxy
from taonet.pallets.proxy.types import ProxyType
from taonet.pallets.subtensor.errors import (
    BeneficiaryDoesNotOwnHotkey,
    ExpectedBeneficiaryOrigin,
    InvalidLeaseBeneficiary,
    LeaseCannotEndInThePast,
    LeaseDoesNotExist,
    LeaseHasNoEndBlock,
    LeaseHasNotEnded,
    LeaseNetuidNotFound,
    Overflow,
)
from taonet.pallets.subtensor.events.stake import SubnetLeaseCreated, SubnetLeaseTerminated
from taonet.pallets.subtensor.hotkeys import Hotkeys
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.subnet_creation import SubnetCreation
from taonet.pallets.subtensor.types import Percent, SubnetLease
from taonet.pallets.system import System
from taonet.primitives.fixed_point import u64f64
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao, saturating_sub
from taonet.scale.codec import encode_compact
from taonet.scale.types import U32

LEASE_ID_MAX: Final = 2**32 - 1

CONTRIBUTORS_MAX: Final = 500
"""What a call on a lease is priced for: a crowdloan has no more contributors."""


def _scaled(each: Weight, count: int) -> Weight:
    return Weight(each.ref_time * count, each.proof_size * count)


def _registration_weight(_emissions_share: Percent, _end_block: int | None) -> Weight:
    base = Weight(309_598_986, 10_256) + database_weight(reads=49, writes=53)
    each = Weight(46_027_026, 2579) + database_weight(reads=2, writes=2)
    return base + _scaled(each, CONTRIBUTORS_MAX)


def _termination_weight(_lease_id: int, _hotkey: AccountId) -> Weight:
    base = Weight(146_402_779, 6148) + database_weight(reads=4, writes=7)
    each = Weight(1_566_532, 2529) + database_weight(reads=1, writes=1)
    return base + _scaled(each, CONTRIBUTORS_MAX)


def _terminated_weight(shares: int) -> Weight:
    """What a termination cost; an older measurement than what it may cost."""
    base = Weight(56_635_122, 6148) + database_weight(reads=4, writes=6)
    each = Weight(912_993, 2529) + database_weight(reads=1, writes=1)
    return base + _scaled(each, shares)


def lease_account(role: str, lease_id: int) -> AccountId:
    """The keyless account that is a lease's "coldkey" or "hotkey"."""
    text = f"leasing/{role}".encode()
    entropy = encode_compact(len(text)) + text + lease_id.to_bytes(4, "little")
    return AccountId(blake2_256(entropy))


class LeaseCalls(Pallet, prefix="SubtensorModule"):
    """Begins and ends leases; `LeaseDividends` pays them out in between."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        balances: Balances,
        hotkeys: Hotkeys,
        creation: SubnetCreation,
        proxies: Proxy,
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._leases = storage.leases
        self._system = system
        self._balances = balances
        self._hotkeys = hotkeys
        self._creation = creation
        self._proxies = proxies
        self._crowdloans = CrowdloanStorage(storage.state)

    @call(index=110, weight=_registration_weight)
    def register_leased_network(
        self, origin: Origin, emissions_share: Percent, end_block: U32 | None
    ) -> None:
        """
        Buy a subnet with a crowdloan: only as the call of one of yours that is being finalized.
        Contributors get this share of the owner's cut, until `end_block` or for good.
        """
        who = ensure_signed(origin)
        crowdloan_id, loan = self._being_finalized()
        if who != loan.creator:
            raise InvalidLeaseBeneficiary
        if end_block is not None and end_block <= self._system.number:
            raise LeaseCannotEndInThePast
        lease_id = self._next_id()
        coldkey, hotkey = lease_account("coldkey", lease_id), lease_account("hotkey", lease_id)
        for account in (coldkey, hotkey):
            self._system.increment_providers(account)
        self._transfer(loan.funds_account, coldkey, loan.raised)
        self._creation.register_network(Signed(coldkey), hotkey)
        netuid = self._netuid_of(coldkey)
        self._proxies.add(coldkey, who, ProxyType.SUBNET_LEASE_BENEFICIARY, 0)
        left = self._balances.free(coldkey)
        self._leases.subnet_leases[lease_id] = SubnetLease(
            beneficiary=who,
            coldkey=coldkey,
            hotkey=hotkey,
            emissions_share=emissions_share,
            end_block=end_block,
            netuid=netuid,
            cost=saturating_sub(loan.raised, left),
        )
        self._leases.subnet_uid_to_lease_id[netuid] = lease_id
        # Without a take of the hotkey's, contributors get all that is theirs.
        self._storage.delegation.delegates[hotkey] = 0
        self._share_out(lease_id, crowdloan_id, loan, left)
        self.deposit_event(
            SubnetLeaseCreated(
                beneficiary=who, lease_id=lease_id, netuid=netuid, end_block=end_block
            )
        )

    @call(index=111, weight=_termination_weight)
    def terminate_lease(self, origin: Origin, lease_id: U32, hotkey: AccountId) -> PostInfo:
        """Take over the subnet of a lease that has ended, with `hotkey` of yours as its own."""
        who = ensure_signed(origin)
        lease = self._leases.subnet_leases[lease_id]
        if lease is None:
            raise LeaseDoesNotExist
        if lease.beneficiary != who:
            raise ExpectedBeneficiaryOrigin
        if lease.end_block is None:
            raise LeaseHasNoEndBlock
        if self._system.number < lease.end_block:
            raise LeaseHasNotEnded
        if not self._hotkeys.owned_by(hotkey, who):
            raise BeneficiaryDoesNotOwnHotkey
        self._storage.networks.subnet_owner[lease.netuid] = who
        self._creation.set_owner_hotkey(lease.netuid, hotkey)
        for account in (lease.coldkey, lease.hotkey):
            with suppress(DispatchError):
                self._system.decrement_providers(account)
        shares = self._leases.subnet_lease_shares.clear(lease_id)
        del self._leases.accumulated_lease_dividends[lease_id]
        del self._leases.subnet_leases[lease_id]
        self._proxies.remove(lease.coldkey, who, ProxyType.SUBNET_LEASE_BENEFICIARY, 0)
        self.deposit_event(SubnetLeaseTerminated(beneficiary=who, netuid=lease.netuid))
        return PostInfo(_terminated_weight(shares) if shares < CONTRIBUTORS_MAX else None)

    def _being_finalized(self) -> tuple[int, CrowdloanInfo]:
        crowdloan_id = self._crowdloans.current_crowdloan_id
        loan = None if crowdloan_id is None else self._crowdloans.crowdloans[crowdloan_id]
        if crowdloan_id is None or loan is None:
            raise InvalidCrowdloanId
        return crowdloan_id, loan

    def _next_id(self) -> int:
        lease_id = self._leases.next_subnet_lease_id
        if lease_id == LEASE_ID_MAX:
            raise Overflow
        self._leases.next_subnet_lease_id = lease_id + 1
        return lease_id

    def _netuid_of(self, coldkey: AccountId) -> NetUid:
        for netuid, owner in self._storage.networks.subnet_owner.items():
            if owner == coldkey:
                return netuid
        raise LeaseNetuidNotFound

    def _share_out(self, lease_id: int, crowdloan_id: int, loan: CrowdloanInfo, left: Rao) -> None:
        """Note everyone's share, and give back what the subnet did not cost by those shares."""
        coldkey, refunded = lease_account("coldkey", lease_id), 0
        contributions = list(self._crowdloans.contributions.under(crowdloan_id))
        for (_, contributor), amount in contributions:
            if contributor == loan.creator or amount is None:
                continue
            share = u64f64.from_ratio(int(amount), int(loan.raised))
            self._leases.subnet_lease_shares[lease_id, contributor] = share
            back = u64f64.to_u64_floor(u64f64.mul_floor(share, u64f64.from_int(int(left))))
            self._transfer(coldkey, contributor, Rao(back))
            refunded += back
        self._transfer(coldkey, loan.creator, saturating_sub(left, Rao(refunded)))

    def _transfer(self, source: AccountId, dest: AccountId, amount: Rao) -> None:
        self._balances.transfer(source, dest, amount, Preservation.EXPENDABLE)
