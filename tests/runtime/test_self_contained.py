"""Ethereum's transactions through pool and block: nonces, fees, balances, receipts."""

from typing import Any

import pytest

from taonet.pallets.ethereum.transaction import transaction_hash
from taonet.pallets.evm.machine.calls import contract_address
from taonet.pallets.evm.types import WEI_PER_RAO, mirror_account
from taonet.pallets.subtensor.evm_keys import keccak_256
from taonet.pallets.subtensor.types import H160
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid
from tests.runtime.assertions import trace
from tests.runtime.chain import ALICE, BOB, Chain, call_of
from tests.runtime.ethereum_wallet import (
    GWEI,
    TAO,
    EthereumWallet,
    fund,
    open_to_all,
    wrapped,
)

RICH_RAO = 5 * 10**9
OTHER = H160(b"\x77" * 20)
TO_OTHER = {"to": bytes(OTHER), "value": TAO}

REVERTING = bytes.fromhex("62bad0005f526003601dfd")
"""Code that reverts with three bytes."""

ANSWER = bytes.fromhex("602a5f5260205ff3")
"""Code that answers 42."""


def init_code(code: bytes) -> bytes:
    """What makes a contract of that code."""
    return bytes([0x60, len(code), 0x60, 10, 0x5F, 0x39, 0x60, len(code), 0x5F, 0xF3]) + code


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    fund(chain, EthereumWallet().mirror, RICH_RAO)
    return chain


FORMS: list[dict[str, Any]] = [
    {},
    {"type": 1, "accessList": [{"address": "0x" + "55" * 20, "storageKeys": ["0x" + "01" * 32]}]},
    {"type": 2, "maxFeePerGas": 30 * GWEI, "maxPriorityFeePerGas": 2 * GWEI},
]


@pytest.mark.parametrize("form", FORMS, ids=["legacy", "eip2930", "eip1559"])
def test_a_transfer_moves_value_and_pays_for_gas_alone(chain: Chain, form: dict[str, Any]) -> None:
    wallet, balances = EthereumWallet(), chain.runtime.balances
    gas = 21_000 + (2_400 + 1_900 if form.get("type") == 1 else 0)
    price = chain.runtime.base_fee.wei
    issued = int(balances.total_issuance)
    extrinsic = wallet.extrinsic(chain, **TO_OTHER, **({"gas": 60_000} | form))

    assert chain.block(extrinsic) == [None]

    fee = price * gas // WEI_PER_RAO
    assert int(balances.free(mirror_account(OTHER))) == 10**9
    assert int(balances.free(wallet.mirror)) == RICH_RAO - 10**9 - fee
    assert chain.runtime.system.account[wallet.mirror].nonce == 1
    assert int(balances.total_issuance) == issued
    receipts = chain.runtime.ethereum.current_receipts
    assert receipts is not None
    assert [int(r._0.used_gas) for r in receipts] == [gas]  # type: ignore[attr-defined]
    reported = [e for e in chain.events() if type(e).__module__.endswith("ethereum.pallet")]
    assert [(e.from_, e.to) for e in reported] == [(wallet.address, OTHER)]  # type: ignore[attr-defined]


def test_the_wire_keeps_the_hash_that_wallets_know(chain: Chain) -> None:
    for form in FORMS:
        raw = EthereumWallet().raw(**TO_OTHER, **form)
        extrinsic = wrapped(chain, raw)
        assert transaction_hash(extrinsic.call.arguments[0]) == keccak_256(raw)


@pytest.mark.parametrize(
    ("fields", "code", "number"),
    [
        ({"chainId": 1}, Invalid.CUSTOM, 8),
        ({"gas": 20_999}, Invalid.CUSTOM, 0),
        ({"gas": 75_000_001, "gasPrice": 20 * GWEI}, Invalid.EXHAUSTS_RESOURCES, None),
        ({"gas": 64_990_000, "gasPrice": 20 * GWEI, "value": 5 * TAO}, Invalid.PAYMENT, None),
        ({"gasPrice": GWEI}, Invalid.CUSTOM, 2),
        ({"maxFeePerGas": 30 * GWEI, "maxPriorityFeePerGas": 31 * GWEI}, Invalid.CUSTOM, 3),
        ({"value": 5 * TAO}, Invalid.PAYMENT, None),
        ({"to": "", "data": init_code(ANSWER), "gas": 100_000}, Invalid.CALL, None),
    ],
)
def test_what_may_not_run_is_refused_and_leaves_no_trace(
    chain: Chain, fields: dict[str, Any], code: Invalid, number: int | None
) -> None:
    extrinsic = EthereumWallet().extrinsic(chain, **({**TO_OTHER} | fields))
    before = trace(chain.runtime.state)

    with pytest.raises(TransactionInvalid) as refused:
        chain.validate(extrinsic)
    assert trace(chain.runtime.state) == before
    chain.begin()
    before = trace(chain.runtime.state)
    with pytest.raises(TransactionInvalid) as refused_in_block:
        chain.executive.apply_extrinsic(extrinsic)

    assert trace(chain.runtime.state) == before
    assert (refused.value.code, refused.value.custom) == (code, number)
    assert refused_in_block.value.code == code


def test_a_nonce_behind_is_stale_and_one_ahead_waits(chain: Chain) -> None:
    wallet = EthereumWallet()
    ahead = wallet.extrinsic(chain, **TO_OTHER, nonce=1)
    valid = chain.validate(ahead)
    assert valid.row == (wallet.mirror, 1)
    assert len(valid.requires) == 1
    chain.begin()
    with pytest.raises(TransactionInvalid) as early:
        chain.executive.apply_extrinsic(ahead)
    assert early.value.is_future
    chain.end()

    first = wallet.extrinsic(chain, **TO_OTHER)
    assert chain.block(first, ahead) == [None, None]
    with pytest.raises(TransactionInvalid) as late:
        chain.validate(first)
    assert late.value.code is Invalid.STALE


def test_a_contract_is_made_called_and_reverts(chain: Chain) -> None:
    open_to_all(chain)
    wallet, ethereum = EthereumWallet(), chain.runtime.ethereum
    make = wallet.extrinsic(chain, to="", data=init_code(REVERTING), gas=200_000)
    assert chain.block(make) == [None]
    made = H160(contract_address(wallet.address, 0))
    assert chain.runtime.contracts.code(made) == REVERTING
    statuses = ethereum.current_transaction_statuses
    assert statuses is not None
    assert statuses[0].contract_address == made

    call = wallet.extrinsic(chain, to=bytes(made), gas=100_000, nonce=1)
    assert chain.block(call) == [None]
    receipts = ethereum.current_receipts
    assert receipts is not None
    assert receipts[0]._0.status_code == 0  # type: ignore[attr-defined]
    reported = [e for e in chain.events() if type(e).__name__ == "Executed"]
    assert reported[0].extra_data == b"\xba\xd0\x00"  # type: ignore[attr-defined]
    assert chain.runtime.system.account[wallet.mirror].nonce == 2


def test_nobody_else_may_say_transact(chain: Chain) -> None:
    transaction = EthereumWallet().extrinsic(chain, **TO_OTHER).call
    refused = chain.send(BOB, transaction)
    assert type(refused).__name__ == "BadOrigin"


def test_money_comes_back_to_the_account_that_the_address_is_of(chain: Chain) -> None:
    address = H160(ALICE.account[:20])
    fund(chain, mirror_account(address), 10**9)
    assert type(chain.send(BOB, call_of("EVM", "withdraw", address, 10**8))).__name__ == "BadOrigin"
    before = chain.free(ALICE)
    assert chain.send(ALICE, call_of("EVM", "withdraw", address, 10**8)) is None
    assert chain.free(ALICE) == before + 10**8 - int(chain.fee())
    assert int(chain.runtime.balances.free(mirror_account(address))) == 9 * 10**8
