"""Fees that a wallet without TAO pays with the alpha that its call gives up."""

from functools import partial

import pytest

from taonet.frame.multi_address import AddressId
from taonet.pallets.subtensor.events.stake import TransactionFeePaidWithAlpha
from taonet.pallets.system import ExtrinsicSuccess
from taonet.pallets.transaction_payment import TransactionFeePaid
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao, to_rao
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid
from tests.runtime.assertions import leaves_no_trace
from tests.runtime.chain import ALICE, DAVE, Chain, call_of

SUBNET = NetUid(1)
HOTKEY = AccountId.zero()
"""Genesis registers it in the first subnet."""


@pytest.fixture
def chain() -> Chain:
    """Dave has staked, and holds no more TAO than keeps his account alive."""
    chain = Chain()
    chain.begin()
    chain.runtime.subtensor.networks.subtoken_enabled[SUBNET] = True
    chain.end()
    assert (
        chain.send(DAVE, call_of("SubtensorModule", "add_stake", HOTKEY, SUBNET, to_rao(1))) is None
    )
    everything = call_of("Balances", "transfer_all", AddressId(ALICE.account), True)
    assert chain.send(DAVE, everything) is None
    assert chain.free(DAVE) == 500
    return chain


def test_unstaking_pays_with_alpha(chain: Chain) -> None:
    pools = chain.runtime.subtensor.staking.pools
    before = pools.stake(HOTKEY, DAVE.account, SUBNET)
    nonce = chain.runtime.system.account[DAVE.account].nonce
    amount = Alpha(100_000_000)
    assert (
        chain.send(DAVE, call_of("SubtensorModule", "remove_stake", HOTKEY, SUBNET, amount)) is None
    )

    *_, with_alpha, paid, success = chain.events()
    assert isinstance(with_alpha, TransactionFeePaidWithAlpha)
    assert isinstance(paid, TransactionFeePaid)
    assert isinstance(success, ExtrinsicSuccess)
    assert with_alpha.netuid == SUBNET
    after = pools.stake(HOTKEY, DAVE.account, SUBNET)
    assert int(before) - int(after) == pytest.approx(int(amount) + int(with_alpha.alpha_fee), abs=2)
    assert chain.runtime.system.account[DAVE.account].nonce == nonce + 1
    assert chain.free(DAVE) > 500


def test_other_calls_need_tao(chain: Chain) -> None:
    calls = (
        call_of("System", "remark", b""),
        call_of("SubtensorModule", "add_stake", HOTKEY, SUBNET, Rao(1)),
    )
    for call in calls:
        extrinsic = chain.sign(DAVE, call)
        error = leaves_no_trace(
            chain.runtime.state,
            TransactionInvalid,
            partial(chain.validate, extrinsic),
        )
        assert isinstance(error, TransactionInvalid)
        assert error.code is Invalid.PAYMENT


def test_alpha_that_is_not_there_pays_nothing(chain: Chain) -> None:
    stranger = ALICE.account
    call = call_of("SubtensorModule", "remove_stake", stranger, SUBNET, Alpha(1_000_000))
    with pytest.raises(TransactionInvalid) as raised:
        chain.validate(chain.sign(DAVE, call))
    assert raised.value.code is Invalid.PAYMENT
