"""Why transactions are refused, in the words that clients match, and that refusals cost nothing."""

from typing import Any

import pytest

from taonet.frame.call import Call
from taonet.frame.multi_address import AddressId
from taonet.primitives.units import Rao, to_rao
from taonet.runtime.extrinsic import Extrinsic, decode_extrinsic, encode_bare
from taonet.runtime.metadata_hash import metadata_hash
from taonet.runtime.transaction_validity import (
    LONGEVITY_MAX,
    Invalid,
    TransactionInvalid,
    TransactionUnknown,
)
from tests.runtime.assertions import leaves_no_trace
from tests.runtime.chain import ALICE, BOB, DAVE, Chain, Wallet, call_of


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.block()
    return chain


def transfer(rao: int = 5) -> Call:
    return call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(rao))


def refused(chain: Chain, extrinsic: Extrinsic, code: Invalid, text: str) -> None:
    """The pool and a block both refuse, and nothing is left of it."""
    error = leaves_no_trace(
        chain.runtime.state, TransactionInvalid, lambda: chain.validate(extrinsic)
    )
    assert isinstance(error, TransactionInvalid)
    assert (error.code, str(error)) == (code, text)
    chain.begin()
    error = leaves_no_trace(
        chain.runtime.state,
        TransactionInvalid,
        lambda: chain.executive.apply_extrinsic(extrinsic),
    )
    assert isinstance(error, TransactionInvalid)
    assert error.code is code
    chain.end()
    assert chain.runtime.system.account[ALICE.account].nonce == 0


def tampered(chain: Chain, place: int) -> Extrinsic:
    raw = bytearray(chain.sign_raw(ALICE, transfer()))
    raw[place] ^= 4
    return decode_extrinsic(chain.runtime.codecs, bytes(raw))


def test_a_signature_of_something_else_is_bad(chain: Chain) -> None:
    last_byte_of_the_amount = -1
    for place in (40, 60, last_byte_of_the_amount):
        refused(chain, tampered(chain, place), Invalid.BAD_PROOF, "Transaction has a bad signature")


def test_another_chains_transaction_is_bad(chain: Chain) -> None:
    extrinsic = chain.sign(ALICE, transfer(), genesis=bytes(32))
    refused(chain, extrinsic, Invalid.BAD_PROOF, "Transaction has a bad signature")


def test_a_used_nonce_is_outdated(chain: Chain) -> None:
    extrinsic = chain.sign(BOB, transfer())
    chain.block(extrinsic)
    refused(chain, extrinsic, Invalid.STALE, "Transaction is outdated")


def test_a_nonce_ahead_waits_in_the_pool_and_may_not_stand_in_a_block(chain: Chain) -> None:
    extrinsic = chain.sign(ALICE, transfer(), nonce=2)
    valid = chain.validate(extrinsic)

    assert valid.requires == (ALICE.account + (1).to_bytes(4, "little"),)
    assert valid.provides == (ALICE.account + (2).to_bytes(4, "little"),)
    chain.begin()
    error = leaves_no_trace(
        chain.runtime.state,
        TransactionInvalid,
        lambda: chain.executive.apply_extrinsic(extrinsic),
    )
    assert str(error) == "Transaction will be valid in the future"


def test_who_cannot_pay_is_refused(chain: Chain) -> None:
    text = "Inability to pay some fees (e.g. account balance too low)"
    refused(chain, chain.sign(Wallet("Nobody"), transfer()), Invalid.PAYMENT, text)
    tip = int(to_rao(2_000))
    refused(chain, chain.sign(DAVE, transfer(), tip=tip), Invalid.PAYMENT, text)


def test_a_fee_never_reaps_its_payer(chain: Chain) -> None:
    poor = Wallet("Poor")
    extrinsic = chain.sign(ALICE, transfer(0))
    fee = int(chain.executive.query_info(extrinsic, extrinsic.length)[1])
    give = call_of("Balances", "transfer_keep_alive", AddressId(poor.account), Rao(fee + 499))
    chain.send(BOB, give)
    text = "Inability to pay some fees (e.g. account balance too low)"
    refused(chain, chain.sign(poor, transfer(0)), Invalid.PAYMENT, text)


def mortal(chain: Chain, period: int, current: int) -> dict[str, Any]:
    """Options to sign a transaction born at block `current`, or a little before."""
    birth = current // period * period + current % period
    return {"era": {"period": period, "current": current}, "birth": chain.hashes[birth]}


def test_a_mortal_transaction_lives_for_its_period(chain: Chain) -> None:
    extrinsic = chain.sign(ALICE, transfer(), **mortal(chain, 4, 1))
    assert chain.validate(extrinsic).longevity == 3
    chain.block()
    chain.block()

    assert chain.validate(extrinsic).longevity == 1
    chain.block()
    # Its birth is now taken for block 5, which is the one that would hold it.
    text = "Transaction has an ancient birth block"
    refused(chain, extrinsic, Invalid.ANCIENT_BIRTH_BLOCK, text)
    # And then it is a block whose hash was not signed.
    refused(chain, extrinsic, Invalid.BAD_PROOF, "Transaction has a bad signature")


def test_an_immortal_transaction_has_no_end(chain: Chain) -> None:
    assert chain.validate(chain.sign(ALICE, transfer())).longevity == LONGEVITY_MAX


def test_a_birth_that_is_forgotten_is_ancient(chain: Chain) -> None:
    extrinsic = chain.sign(ALICE, transfer(), **mortal(chain, 4096, 1))
    assert chain.validate(extrinsic).longevity == 4095
    key = chain.runtime.system.block_hash
    chain.block()
    del key[1]
    refused(
        chain,
        extrinsic,
        Invalid.ANCIENT_BIRTH_BLOCK,
        "Transaction has an ancient birth block",
    )


def test_only_the_sudo_key_may_send_sudo_calls(chain: Chain) -> None:
    inner = call_of("System", "remark", b"")
    call = call_of("Sudo", "sudo", inner)
    refused(chain, chain.sign(BOB, call), Invalid.BAD_SIGNER, "Invalid signing address")
    assert chain.send(ALICE, call) is None


def test_an_extrinsic_that_fits_into_no_block_exhausts_it(chain: Chain) -> None:
    heavy = call_of("Balances", "upgrade_accounts", (ALICE.account,) * 20_000)
    text = "Transaction would exhaust the block limits"
    refused(chain, chain.sign(BOB, heavy), Invalid.EXHAUSTS_RESOURCES, text)


def test_a_full_block_refuses_and_the_next_one_takes(chain: Chain) -> None:
    heavy = call_of("Balances", "upgrade_accounts", (ALICE.account,) * 15_000)
    first, second = (chain.sign(ALICE, heavy, nonce=nonce) for nonce in (0, 1))
    chain.begin()
    assert chain.executive.apply_extrinsic(first) is None
    error = leaves_no_trace(
        chain.runtime.state, TransactionInvalid, lambda: chain.executive.apply_extrinsic(second)
    )
    assert isinstance(error, TransactionInvalid)
    assert error.exhausts_resources
    chain.end()
    assert chain.block(second) == [None]


def test_time_cannot_be_set_by_a_transaction(chain: Chain) -> None:
    call = call_of("Timestamp", "set", 2**40)
    refused(
        chain,
        chain.sign(ALICE, call),
        Invalid.MANDATORY_VALIDATION,
        "Transaction dispatch is mandatory; transactions must not be validated.",
    )
    codecs = chain.runtime.codecs
    bare = decode_extrinsic(codecs, chain.executive.inherents(2**40)[0])
    with pytest.raises(TransactionInvalid):
        chain.validate(bare)
    chain.begin()
    with pytest.raises(TransactionInvalid):
        chain.executive.apply_extrinsic(bare)


def test_a_bare_call_that_no_pallet_judges_is_unknown(chain: Chain) -> None:
    raw = encode_bare(bytes((0, 0, 0)))
    bare = decode_extrinsic(chain.runtime.codecs, raw)
    leaves_no_trace(chain.runtime.state, TransactionUnknown, lambda: chain.validate(bare))
    chain.begin()
    leaves_no_trace(
        chain.runtime.state, TransactionUnknown, lambda: chain.executive.apply_extrinsic(bare)
    )


def test_hardware_wallets_sign_the_metadatas_digest(chain: Chain) -> None:
    digest = metadata_hash(chain.config)
    assert chain.send(ALICE, transfer(), metadata_hash=digest) is None
    wrong = chain.sign(BOB, transfer(), metadata_hash=bytes(32))
    refused_code = Invalid.BAD_PROOF
    with pytest.raises(TransactionInvalid) as raised:
        chain.validate(wrong)
    assert raised.value.code is refused_code


def test_priority_follows_the_calls_class(chain: Chain) -> None:
    sudo = call_of("Sudo", "sudo", call_of("System", "remark", b""))
    assert chain.validate(chain.sign(ALICE, transfer())).priority == 1
    assert chain.validate(chain.sign(ALICE, sudo)).priority == 10_000_000_000
