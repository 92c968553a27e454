"""Transfers from a wallet's signature to the receiver's balance."""

import pytest

from taonet.frame.call import Call
from taonet.frame.dispatch_error import Token, TokenError
from taonet.frame.multi_address import AddressId, AddressRaw
from taonet.pallets.balances_events import Deposit, Transfer, Withdraw
from taonet.pallets.system import ExtrinsicFailed, ExtrinsicSuccess
from taonet.pallets.transaction_payment import TransactionFeePaid
from taonet.primitives.units import Rao, to_rao
from taonet.runtime.genesis import development_account
from tests.runtime.chain import ALICE, BOB, DAVE, ED25519, Chain, Wallet, call_of


def transfer(to: Wallet, rao: int) -> Call:
    return call_of("Balances", "transfer_keep_alive", AddressId(to.account), Rao(rao))


@pytest.fixture
def chain() -> Chain:
    return Chain()


def test_money_moves_and_the_sender_pays_what_was_quoted(chain: Chain) -> None:
    before = chain.free(ALICE), chain.free(BOB)
    extrinsic = chain.sign(ALICE, transfer(BOB, 5))
    _, quoted = chain.executive.query_info(extrinsic, extrinsic.length)

    assert chain.block(extrinsic) == [None]

    assert chain.fee() == quoted
    assert chain.free(BOB) == before[1] + 5
    assert chain.free(ALICE) == before[0] - 5 - int(quoted)


def test_the_fee_is_length_weight_and_base(chain: Chain) -> None:
    chain.send(ALICE, transfer(BOB, 5))

    length = chain.sign(ALICE, transfer(BOB, 5)).length
    # The call, and the look at its signer's announced swap.
    weight = 38_159_000 + 125_000_000 + 17_583_000 + 50_000_000
    # 108 157 000 and 230 742 000 picoseconds at half a rao a thousand, each rounded to the nearest.
    assert chain.fee() == Rao(length + 54_078 + weight // 2000)
    assert length == 141


def test_events_stand_in_the_real_chains_order(chain: Chain) -> None:
    chain.send(ALICE, transfer(BOB, 5))

    fee = chain.fee()
    author = chain.runtime.aura.author()
    assert author in [development_account(name) for name in ("One", "Two", "Three")]
    *money, success = chain.events()
    assert money == [
        Withdraw(who=ALICE.account, amount=fee),
        Transfer(from_=ALICE.account, to=BOB.account, amount=Rao(5)),
        Deposit(who=author, amount=fee),
        TransactionFeePaid(who=ALICE.account, actual_fee=fee, tip=Rao(0)),
    ]
    assert isinstance(success, ExtrinsicSuccess)


def test_a_tip_goes_to_the_author_too(chain: Chain) -> None:
    chain.send(ALICE, transfer(BOB, 5), tip=1000)

    paid = [e for e in chain.events() if isinstance(e, TransactionFeePaid)]
    assert paid[0].tip == Rao(1000)
    assert Deposit(who=chain.runtime.aura.author(), amount=paid[0].actual_fee) in chain.events()  # type: ignore[arg-type]


def test_a_refused_transfer_pays_its_fee_and_says_why(chain: Chain) -> None:
    before = chain.free(DAVE)
    outcome = chain.send(DAVE, transfer(BOB, 2 * int(to_rao(2_000))))

    assert isinstance(outcome, TokenError)
    assert outcome.reason is Token.FUNDS_UNAVAILABLE
    assert isinstance(chain.events()[-1], ExtrinsicFailed)
    assert chain.free(DAVE) == before - int(chain.fee())
    assert not any(isinstance(event, Transfer) for event in chain.events())


def test_an_ed25519_key_signs_as_well(chain: Chain) -> None:
    wallet = Wallet("Alice", ED25519)
    chain.send(ALICE, transfer(wallet, int(to_rao(1))))

    assert chain.send(wallet, transfer(BOB, 7)) is None


def test_an_address_that_is_no_account_is_looked_up_in_vain(chain: Chain) -> None:
    call = call_of("Balances", "transfer_keep_alive", AddressRaw(b"x"), Rao(1))
    outcome = chain.send(ALICE, call)

    assert type(outcome).__name__ == "CannotLookup"


def test_many_transfers_of_one_account_stand_in_one_block(chain: Chain) -> None:
    extrinsics = [chain.sign(ALICE, transfer(BOB, 1), nonce=nonce) for nonce in range(5)]

    assert chain.block(*extrinsics) == [None] * 5
    assert chain.runtime.system.account[ALICE.account].nonce == 5


def test_an_emptied_account_is_reaped_and_starts_over(chain: Chain) -> None:
    fresh = Wallet("Fresh")
    chain.send(ALICE, transfer(fresh, int(to_rao(1))))
    everything = call_of("Balances", "transfer_all", AddressId(BOB.account), False)
    assert chain.send(fresh, everything) is None

    assert fresh.account not in chain.runtime.system.account
    names = [type(event).__name__ for event in chain.events()]
    assert names[:4] == ["Withdraw", "KilledAccount", "Transfer", "Deposit"]
    chain.send(ALICE, transfer(fresh, int(to_rao(1))))
    assert chain.runtime.system.account[fresh.account].nonce == 0
