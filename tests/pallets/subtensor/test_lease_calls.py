"""
Leases: a crowdloan buys a subnet, contributors share in it, and its beneficiary takes it over.

The numbers are those of subtensor pallets/subtensor/src/tests/leasing.rs: a deposit of 10 TAO, a
cap of 1000, contributions of 600 and 390.
"""

from typing import Any

import pytest

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.dispatch_outcome import Err, Ok
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Origin, Root, Signed
from taonet.frame.pallet import PostInfo
from taonet.pallets.crowdloan.errors import InvalidCrowdloanId
from taonet.pallets.proxy.errors import NotProxy
from taonet.pallets.proxy.events import ProxyExecuted
from taonet.pallets.subtensor.errors import (
    BeneficiaryDoesNotOwnHotkey,
    CannotAffordLockCost,
    ExpectedBeneficiaryOrigin,
    InvalidLeaseBeneficiary,
    LeaseCannotEndInThePast,
    LeaseDoesNotExist,
    LeaseHasNoEndBlock,
    LeaseHasNotEnded,
    NetworkTxRateLimitExceeded,
    SubnetLimitReached,
    SubNetRegistrationDisabled,
)
from taonet.pallets.subtensor.events.stake import SubnetLeaseCreated, SubnetLeaseTerminated
from taonet.pallets.subtensor.lease_calls import lease_account
from taonet.pallets.subtensor.types import Percent, SubnetLease
from taonet.pallets.system import CallFiltered
from taonet.primitives.fixed_point import u64f64
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, Rao, to_rao
from taonet.scale.codec import Codec, codec
from taonet.scale.types import Tuple, string, u32
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, CHARLIE, Chain, call_of

BENEFICIARY = Signed(ALICE.account)
SHARE = Percent(30)
CAP = to_rao(1_000)
PRICE = to_rao(900)
DEPOSIT = Rao(93_000_000)
"""For one proxy."""


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.block()
    subtensor = chain.runtime.subtensor
    # Subnets of the local network are new: the next one may be created a day later.
    chain.runtime.system.number = 8_000
    subtensor.global_parameters.network_min_lock_cost = PRICE
    subtensor.global_parameters.network_last_lock_cost = Rao(0)
    return chain


def make(
    chain: Chain, name: str, *arguments: Any, origin: Origin = BENEFICIARY, pallet: str = ""
) -> PostInfo:
    info = chain.runtime.apply(call_of(pallet or "Crowdloan", name, *arguments), origin)
    chain.runtime.try_state()
    return info


def raise_funds(chain: Chain, end_block: int | None = 8_500) -> None:
    """A full crowdloan whose call leases a subnet."""
    lease = call_of("SubtensorModule", "register_leased_network", SHARE, end_block)
    make(chain, "create", to_rao(10), to_rao(1), CAP, 8_100, lease, None)
    make(chain, "contribute", 0, to_rao(600), origin=Signed(BOB.account))
    make(chain, "contribute", 0, to_rao(390), origin=Signed(CHARLIE.account))


def lease_of(chain: Chain) -> SubnetLease:
    lease = chain.runtime.subtensor.leases.subnet_leases[0]
    assert lease is not None
    return lease


def reported(chain: Chain, kind: type) -> list[Any]:
    return [d.event for d in chain.runtime.state.events if isinstance(d.event, kind)]


def refuse_finalizing(chain: Chain, error: type[DispatchError]) -> None:
    refuses(chain.runtime, call_of("Crowdloan", "finalize", 0), BENEFICIARY, error)


def test_a_crowdloan_leases_a_subnet(chain: Chain) -> None:
    subtensor, balances = chain.runtime.subtensor, chain.runtime.balances
    raise_funds(chain)
    accounts = (ALICE, BOB, CHARLIE)
    before, issued = [chain.free(who) for who in accounts], balances.total_issuance
    make(chain, "finalize", 0)

    lease = lease_of(chain)
    coldkey, hotkey = lease_account("coldkey", 0), lease_account("hotkey", 0)
    cost = PRICE + DEPOSIT
    assert lease == SubnetLease(ALICE.account, coldkey, hotkey, SHARE, 8_500, lease.netuid, cost)
    assert subtensor.networks.subnet_owner[lease.netuid] == coldkey
    assert subtensor.networks.subnet_owner_hotkey[lease.netuid] == hotkey
    assert subtensor.leases.subnet_uid_to_lease_id[lease.netuid] == 0
    assert subtensor.delegation.delegates[hotkey] == 0
    shares = subtensor.leases.subnet_lease_shares
    assert shares[0, BOB.account] == u64f64.from_ratio(600, 1_000)
    assert shares[0, CHARLIE.account] == u64f64.from_ratio(390, 1_000)
    assert (0, ALICE.account) not in shares
    returned = [chain.free(who) - was for who, was in zip(accounts, before, strict=True)]
    assert sum(returned) == int(CAP - cost)
    # 60 % and 39 % of 99.907 TAO, each cut off to whole rao; the rest is the beneficiary's.
    assert returned == [999_070_002, 59_944_199_999, 38_963_729_999]
    assert balances.free(coldkey) == Rao(0)
    assert balances.total_issuance == issued
    created = SubnetLeaseCreated(
        beneficiary=ALICE.account, lease_id=0, netuid=lease.netuid, end_block=8_500
    )
    assert reported(chain, SubnetLeaseCreated) == [created]


def test_a_lease_needs_a_crowdloan_that_is_being_finalized(chain: Chain) -> None:
    call = call_of("SubtensorModule", "register_leased_network", SHARE, None)
    refuses(chain.runtime, call, BENEFICIARY, InvalidCrowdloanId)
    refuses(chain.runtime, call, Root())


def test_only_the_creator_leases(chain: Chain) -> None:
    raise_funds(chain)
    chain.runtime.crowdloan._kept.current_crowdloan_id = 0
    call = call_of("SubtensorModule", "register_leased_network", SHARE, None)
    refuses(chain.runtime, call, Signed(BOB.account), InvalidLeaseBeneficiary)


def test_a_lease_ends_in_the_future(chain: Chain) -> None:
    raise_funds(chain, end_block=8_000)
    refuse_finalizing(chain, LeaseCannotEndInThePast)


def test_a_subnet_that_costs_more_is_not_leased(chain: Chain) -> None:
    chain.runtime.subtensor.global_parameters.network_min_lock_cost = to_rao(1_001)
    raise_funds(chain)
    refuse_finalizing(chain, CannotAffordLockCost)


def test_what_stands_against_a_new_subnet_stands_against_a_lease(chain: Chain) -> None:
    raise_funds(chain)
    parameters = chain.runtime.subtensor.global_parameters
    parameters.network_registration_start_block = chain.runtime.system.number + 1
    refuse_finalizing(chain, SubNetRegistrationDisabled)
    parameters.network_registration_start_block = 0
    limit, parameters.subnet_limit = parameters.subnet_limit, 1
    parameters.network_immunity_period = 10**9
    refuse_finalizing(chain, SubnetLimitReached)
    parameters.subnet_limit = limit
    chain.runtime.subtensor.subnet_creation.register_network(BENEFICIARY, AccountId(b"h" * 32))
    refuse_finalizing(chain, NetworkTxRateLimitExceeded)


def test_the_beneficiary_takes_over_when_the_lease_ends(chain: Chain) -> None:
    subtensor = chain.runtime.subtensor
    raise_funds(chain)
    make(chain, "finalize", 0)
    lease, hotkey = lease_of(chain), AccountId(b"h" * 32)
    subtensor.leases.accumulated_lease_dividends[0] = Alpha(5)

    def refuse(error: type[DispatchError], *arguments: Any, origin: Origin = BENEFICIARY) -> None:
        call = call_of("SubtensorModule", "terminate_lease", *arguments)
        refuses(chain.runtime, call, origin, error)

    refuse(LeaseDoesNotExist, 1, hotkey)
    refuse(ExpectedBeneficiaryOrigin, 0, hotkey, origin=Signed(BOB.account))
    chain.runtime.system.number = 8_499
    refuse(LeaseHasNotEnded, 0, hotkey)
    chain.runtime.system.number = 8_500
    refuse(BeneficiaryDoesNotOwnHotkey, 0, hotkey)
    subtensor.hotkeys.associate(ALICE.account, hotkey)
    info = make(chain, "terminate_lease", 0, hotkey, pallet="SubtensorModule")

    assert subtensor.networks.subnet_owner[lease.netuid] == ALICE.account
    assert subtensor.networks.subnet_owner_hotkey[lease.netuid] == hotkey
    assert subtensor.leases.subnet_leases[0] is None
    assert list(subtensor.leases.subnet_lease_shares.items()) == []
    assert 0 not in subtensor.leases.accumulated_lease_dividends
    # The deposit for the proxy comes back to an account that nobody has a key of.
    assert lease.hotkey not in chain.runtime.system.account
    assert chain.runtime.balances.free(lease.coldkey) == DEPOSIT
    assert lease.coldkey not in chain.runtime.proxy.kept.proxies
    ended = SubnetLeaseTerminated(beneficiary=ALICE.account, netuid=lease.netuid)
    assert reported(chain, SubnetLeaseTerminated) == [ended]
    assert info.weight is not None
    assert info.weight.proof_size == 6148 + 2 * 2529


def test_the_beneficiary_runs_the_subnet_while_it_is_leased(chain: Chain) -> None:
    raise_funds(chain)
    make(chain, "finalize", 0)
    lease = lease_of(chain)
    coldkey, netuid = AddressId(lease.coldkey), lease.netuid

    def act(pallet: str, name: str, *arguments: Any, origin: Origin = BENEFICIARY) -> Any:
        inner = call_of(pallet, name, *arguments)
        make(chain, "proxy", coldkey, None, inner, origin=origin, pallet="Proxy")
        return reported(chain, ProxyExecuted)[-1].result

    chain.runtime.subtensor.global_parameters.admin_freeze_window = 0
    immunity = chain.runtime.subtensor.hyperparameters.immunity_period
    before = immunity[netuid]
    assert act("AdminUtils", "sudo_set_immunity_period", netuid, before + 1) == Ok()
    assert immunity[netuid] == before + 1
    moved = act("Balances", "transfer_all", AddressId(ALICE.account), False)
    assert moved == Err(chain.runtime.failure_of(CallFiltered()))
    stranger = call_of("Proxy", "proxy", coldkey, None, call_of("System", "remark", b""))
    refuses(chain.runtime, stranger, Signed(BOB.account), NotProxy)


def test_a_lease_for_good_does_not_end(chain: Chain) -> None:
    raise_funds(chain, end_block=None)
    make(chain, "finalize", 0)
    call = call_of("SubtensorModule", "terminate_lease", 0, AccountId(b"h" * 32))
    refuses(chain.runtime, call, BENEFICIARY, LeaseHasNoEndBlock)


def test_leases_have_accounts_of_their_own() -> None:
    entropy: Codec[tuple[str, int]] = codec(Tuple((string, u32)))
    for role in ("coldkey", "hotkey"):
        for number in (0, 1, 2**32 - 1):
            written = entropy.encode((f"leasing/{role}", number))
            assert lease_account(role, number) == blake2_256(written)
