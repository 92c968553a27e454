"""Multisigs: what enough of their signatories say is done."""

from typing import Any

import pytest

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.call_length import encoded_length
from taonet.frame.dispatch_error import BadOrigin, DispatchError, TokenError
from taonet.frame.dispatch_outcome import Err, Ok
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Origin, Root, Signed
from taonet.frame.pallet import PostInfo
from taonet.frame.weight import DispatchClass, Pays, Weight
from taonet.pallets import multisig as pallet
from taonet.pallets.balances_errors import InsufficientBalance
from taonet.pallets.multisig import Timepoint, multisig_account
from taonet.pallets.subtensor.guard_weights import COLDKEY_SWAP
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao, to_rao
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, CHARLIE, DAVE, Chain, Wallet, call_of

BASE, FACTOR = 132_000_000, 32_000_000
SIGNATORIES = sorted((ALICE, BOB, CHARLIE), key=lambda wallet: wallet.account)
ACCOUNT = multisig_account([wallet.account for wallet in SIGNATORIES], 2)
MOST = Weight(10**10, 10**6)
GIVE = call_of("Balances", "transfer_keep_alive", AddressId(DAVE.account), Rao(7))


@pytest.fixture
def chain() -> Chain:
    """Two of Alice, Bob and Charlie are needed for the account that holds ten TAO."""
    chain = Chain()
    fund = call_of("Balances", "transfer_keep_alive", AddressId(ACCOUNT), to_rao(10))
    assert chain.send(ALICE, fund) is None
    return chain


def others(who: Wallet) -> tuple[AccountId, ...]:
    return tuple(wallet.account for wallet in SIGNATORIES if wallet is not who)


def hash_of(chain: Chain, call: Call) -> bytes:
    return blake2_256(chain.runtime.codecs.of(RUNTIME_CALL).encode(call))


def make(chain: Chain, who: Wallet, name: str, *arguments: Any) -> PostInfo:
    """Dispatch a call of the pallet and check the books."""
    info = chain.runtime.apply(call_of("Multisig", name, *arguments), Signed(who.account))
    chain.runtime.try_state()
    return info


def refuse(
    chain: Chain, who: Wallet | Origin, error: type[DispatchError], name: str, *arguments: Any
) -> None:
    origin = Signed(who.account) if isinstance(who, Wallet) else who
    refuses(chain.runtime, call_of("Multisig", name, *arguments), origin, error)


def approve(chain: Chain, who: Wallet, when: Timepoint | None, call: Call = GIVE) -> PostInfo:
    """Approve with the call itself, as the second of three."""
    return make(chain, who, "as_multi", 2, others(who), when, call, MOST)


def opened(chain: Chain, call: Call = GIVE) -> Timepoint:
    """Alice's approval, and where it stands."""
    assert (
        chain.send(ALICE, call_of("Multisig", "as_multi", 2, others(ALICE), None, call, MOST))
        is None
    )
    return Timepoint(chain.runtime.system.number, 1)


def last(chain: Chain, kind: type) -> Any:
    return [d.event for d in chain.runtime.state.events if isinstance(d.event, kind)][-1]


def reserved(chain: Chain, who: Wallet) -> int:
    return int(chain.runtime.system.account[who.account].data.reserved)


def test_accounts_are_made_of_signatories_and_a_threshold() -> None:
    accounts = [wallet.account for wallet in SIGNATORIES]
    entropy = b"modlpy/utilisuba\x0c" + b"".join(accounts) + b"\x02\x00"
    assert multisig_account(accounts, 2) == blake2_256(entropy)
    assert multisig_account(accounts, 3) != ACCOUNT


def test_two_of_three_make_a_call(chain: Chain) -> None:
    issued, before = chain.runtime.balances.total_issuance, chain.free(DAVE)
    when, call_hash = opened(chain), hash_of(chain, GIVE)
    assert last(chain, pallet.NewMultisig) == pallet.NewMultisig(
        approving=ALICE.account, multisig=ACCOUNT, call_hash=call_hash
    )
    assert reserved(chain, ALICE) == BASE + 2 * FACTOR
    assert chain.free(DAVE) == before
    approve(chain, BOB, when)

    assert chain.free(DAVE) == before + 7
    assert chain.runtime.balances.free(ACCOUNT) == to_rao(10) - Rao(7)
    assert reserved(chain, ALICE) == 0
    assert list(chain.runtime.multisig.multisigs.keys()) == []
    assert last(chain, pallet.MultisigExecuted) == pallet.MultisigExecuted(
        approving=BOB.account,
        timepoint=when,
        multisig=ACCOUNT,
        call_hash=call_hash,
        result=Ok(),
    )
    assert chain.runtime.balances.total_issuance == issued


def test_a_call_that_fails_closes_the_operation(chain: Chain) -> None:
    too_much = call_of("Balances", "transfer_keep_alive", AddressId(DAVE.account), to_rao(11))
    when, before = opened(chain, too_much), chain.free(DAVE)
    approve(chain, CHARLIE, when, too_much)

    assert isinstance(last(chain, pallet.MultisigExecuted).result, Err)
    assert chain.free(DAVE) == before
    assert reserved(chain, ALICE) == 0


def test_approvals_by_hash_leave_the_call_to_the_last(chain: Chain) -> None:
    call_hash, before = hash_of(chain, GIVE), chain.free(DAVE)
    when = opened(chain)
    by_hash = (2, others(BOB), when, call_hash, Weight(0, 0))
    make(chain, BOB, "approve_as_multi", *by_hash)
    assert last(chain, pallet.MultisigApproval) == pallet.MultisigApproval(
        approving=BOB.account, timepoint=when, multisig=ACCOUNT, call_hash=call_hash
    )
    refuse(chain, BOB, pallet.AlreadyApproved, "approve_as_multi", *by_hash)
    enough = (2, others(CHARLIE), when, call_hash, Weight(0, 0))
    refuse(chain, CHARLIE, pallet.AlreadyApproved, "approve_as_multi", *enough)
    assert chain.free(DAVE) == before
    # Approved by enough: even one who has approved may make it now.
    approve(chain, BOB, when)
    assert chain.free(DAVE) == before + 7


def test_an_operation_may_begin_with_a_hash(chain: Chain) -> None:
    make(chain, BOB, "approve_as_multi", 2, others(BOB), None, hash_of(chain, GIVE), MOST)
    assert reserved(chain, BOB) == BASE + 2 * FACTOR
    when = Timepoint(chain.runtime.system.number, 0)
    refuse(chain, BOB, pallet.AlreadyApproved, "as_multi", 2, others(BOB), when, GIVE, MOST)
    approve(chain, ALICE, when)
    assert reserved(chain, BOB) == 0


def test_who_began_cancels(chain: Chain) -> None:
    when, call_hash = opened(chain), hash_of(chain, GIVE)
    refuse(chain, BOB, pallet.NotOwner, "cancel_as_multi", 2, others(BOB), when, call_hash)
    late = Timepoint(when.height + 1, 1)
    mine = (2, others(ALICE), when, call_hash)
    refuse(
        chain, ALICE, pallet.WrongTimepoint, "cancel_as_multi", 2, others(ALICE), late, call_hash
    )
    make(chain, ALICE, "cancel_as_multi", *mine)

    assert reserved(chain, ALICE) == 0
    assert last(chain, pallet.MultisigCancelled) == pallet.MultisigCancelled(
        cancelling=ALICE.account, timepoint=when, multisig=ACCOUNT, call_hash=call_hash
    )
    refuse(chain, ALICE, pallet.OperationNotFound, "cancel_as_multi", *mine)


def test_the_point_in_time_has_to_be_right(chain: Chain) -> None:
    when = opened(chain)
    call = (GIVE, MOST)
    refuse(chain, BOB, pallet.NoTimepoint, "as_multi", 2, others(BOB), None, *call)
    wrong = Timepoint(when.height, 0)
    refuse(chain, BOB, pallet.WrongTimepoint, "as_multi", 2, others(BOB), wrong, *call)
    refuse(chain, BOB, pallet.UnexpectedTimepoint, "as_multi", 3, others(BOB), when, *call)


def test_signatories_are_named_in_order(chain: Chain) -> None:
    def refuse_of(error: type[DispatchError], named: tuple[AccountId, ...]) -> None:
        call_hash, when = hash_of(chain, GIVE), Timepoint(1, 1)
        refuse(chain, ALICE, error, "as_multi", 2, named, None, GIVE, MOST)
        refuse(chain, ALICE, error, "as_multi_threshold_1", named, GIVE)
        refuse(chain, ALICE, error, "approve_as_multi", 2, named, None, call_hash, MOST)
        refuse(chain, ALICE, error, "cancel_as_multi", 2, named, when, call_hash)
        refuse(chain, ALICE, error, "poke_deposit", 2, named, call_hash)

    ordered = others(ALICE)
    refuse_of(pallet.TooFewSignatories, ())
    refuse_of(pallet.TooManySignatories, tuple(AccountId(bytes([n]) * 32) for n in range(100)))
    refuse_of(pallet.SignatoriesOutOfOrder, ordered[::-1])
    refuse_of(pallet.SignatoriesOutOfOrder, (ordered[0], ordered[0]))
    refuse_of(pallet.SenderInSignatories, (ALICE.account,))
    for threshold in (0, 1):
        refuse(
            chain, ALICE, pallet.MinimumThreshold, "as_multi", threshold, ordered, None, GIVE, MOST
        )
    refuse(chain, Root(), BadOrigin, "as_multi", 2, ordered, None, GIVE, MOST)
    poor = Signed(AccountId(bytes([9]) * 32))
    refuse(chain, poor, InsufficientBalance, "as_multi", 2, ordered, None, GIVE, MOST)


def test_the_call_may_not_weigh_more_than_agreed(chain: Chain) -> None:
    when, light = opened(chain), Weight(1, 10**6)
    refuse(chain, BOB, pallet.MaxWeightTooLow, "as_multi", 2, others(BOB), when, GIVE, light)


def test_one_of_many_is_enough_where_one_is(chain: Chain) -> None:
    account = multisig_account([wallet.account for wallet in SIGNATORIES], 1)
    refuse(chain, BOB, TokenError, "as_multi_threshold_1", others(BOB), GIVE)
    fund = call_of("Balances", "transfer_keep_alive", AddressId(account), to_rao(1))
    chain.runtime.apply(fund, Signed(ALICE.account))
    before = chain.free(DAVE)
    make(chain, BOB, "as_multi_threshold_1", others(BOB), GIVE)
    assert chain.free(DAVE) == before + 7


def test_a_deposit_is_brought_up_to_date(chain: Chain) -> None:
    opened(chain)
    call_hash, kept = hash_of(chain, GIVE), chain.runtime.multisig.multisigs
    mine = (2, others(ALICE), call_hash)
    assert make(chain, ALICE, "poke_deposit", *mine).pays is Pays.YES
    refuse(chain, BOB, pallet.NotOwner, "poke_deposit", 2, others(BOB), call_hash)
    refuse(chain, ALICE, pallet.OperationNotFound, "poke_deposit", 3, others(ALICE), call_hash)
    operation = kept[ACCOUNT, call_hash]
    assert operation is not None
    for change in (-5, 5):
        old = operation.deposit + Rao(change) if change > 0 else operation.deposit - Rao(-change)
        before = reserved(chain, ALICE)
        kept[ACCOUNT, call_hash] = pallet.Operation(
            operation.when, old, operation.depositor, operation.approvals
        )
        assert make(chain, ALICE, "poke_deposit", *mine).pays is Pays.NO
        assert reserved(chain, ALICE) == before - change
        assert last(chain, pallet.MultisigDepositPoked) == pallet.MultisigDepositPoked(
            who=ALICE.account,
            call_hash=call_hash,
            old_deposit=old,
            new_deposit=operation.deposit,
        )


def test_calls_are_priced_by_what_they_hold(chain: Chain) -> None:
    length = len(chain.runtime.codecs.of(RUNTIME_CALL).encode(GIVE))
    assert encoded_length(GIVE) == length
    one = call_of("Multisig", "as_multi_threshold_1", others(ALICE), GIVE).info()
    base = 20_727_356 + 572 * length + 3 * 25_000_000 + 100_000_000
    assert one.weight == GIVE.info().weight + Weight(base, 3997) + COLDKEY_SWAP
    assert one.class_ is DispatchClass.NORMAL
    sudo = call_of("Sudo", "sudo", GIVE)
    urgent = call_of("Multisig", "as_multi_threshold_1", others(ALICE), sudo)
    assert urgent.info().class_ is DispatchClass.OPERATIONAL
    many = call_of("Multisig", "as_multi", 2, others(ALICE), None, GIVE, MOST).info()
    base = 42_418_863 + 2 * 164_555 + 1_573 * length + 4 * 25_000_000 + 2 * 100_000_000
    assert many.weight == MOST + Weight(base, 6811) + COLDKEY_SWAP
    opening = 32_052_125 + 2 * 111_179 + 1_447 * length + 125_000_000
    assert approve(chain, ALICE, None).weight == Weight(opening, 6811)
