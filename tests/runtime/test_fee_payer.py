"""Who pays for what a proxy does: it, or the account that it acts for."""

import pytest

from taonet.frame.call import Call
from taonet.frame.multi_address import Address32, AddressId
from taonet.pallets.proxy.types import ProxyType
from taonet.pallets.transaction_payment import TransactionFeePaid
from taonet.runtime.fee_payment import fee_payer
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid
from tests.runtime.chain import ALICE, BOB, CHARLIE, DAVE, Chain, Wallet, call_of

REMARK = call_of("System", "remark", b"")


@pytest.fixture
def chain() -> Chain:
    """Charlie acts for Bob, and Bob for Alice and Dave; Bob and Alice pay for that, Dave not."""
    chain = Chain()
    let(chain, BOB, CHARLIE)
    let(chain, ALICE, BOB)
    let(chain, DAVE, BOB, pays=False)
    return chain


def let(chain: Chain, real: Wallet, delegate: Wallet, *, pays: bool = True) -> None:
    by = AddressId(delegate.account)
    assert chain.send(real, call_of("Proxy", "add_proxy", by, ProxyType.ANY, 0)) is None
    assert chain.send(real, call_of("Proxy", "set_real_pays_fee", by, pays)) is None


def act(real: Wallet, call: Call = REMARK) -> Call:
    return call_of("Proxy", "proxy", AddressId(real.account), None, call)


def batch(*calls: Call, name: str = "batch_all") -> Call:
    return call_of("Utility", name, calls)


def test_the_payer_is_found_behind_one_or_two_proxies(chain: Chain) -> None:
    delegate = AddressId(CHARLIE.account)
    announced = call_of("Proxy", "proxy_announced", delegate, AddressId(BOB.account), None, REMARK)
    unclear = call_of("Proxy", "proxy", Address32(BOB.account), None, REMARK)
    cases = (
        (CHARLIE, REMARK, CHARLIE),
        (CHARLIE, act(BOB), BOB),
        (DAVE, act(BOB), DAVE),
        (BOB, act(DAVE), BOB),
        (BOB, act(DAVE, act(ALICE)), BOB),
        (CHARLIE, act(BOB, act(ALICE)), ALICE),
        (CHARLIE, act(BOB, act(DAVE)), BOB),
        (CHARLIE, act(BOB, batch(act(ALICE), act(ALICE))), ALICE),
        (CHARLIE, act(BOB, batch(act(ALICE), act(ALICE), name="force_batch")), ALICE),
        (CHARLIE, act(BOB, batch(act(ALICE), act(DAVE))), BOB),
        (CHARLIE, act(BOB, batch(act(ALICE), REMARK)), BOB),
        (CHARLIE, act(BOB, batch()), BOB),
        (CHARLIE, batch(act(BOB)), CHARLIE),
        (CHARLIE, announced, CHARLIE),
        (CHARLIE, unclear, CHARLIE),
    )
    for signer, call, payer in cases:
        assert fee_payer(chain.runtime, signer.account, call) == payer.account, call


def test_the_account_that_it_acts_for_pays(chain: Chain) -> None:
    before = chain.free(BOB), chain.free(CHARLIE)
    nonce = chain.runtime.system.account[CHARLIE.account].nonce
    assert chain.send(CHARLIE, act(BOB), tip=5) is None

    (paid,) = [e for e in chain.events() if isinstance(e, TransactionFeePaid)]
    assert paid.who == BOB.account
    assert chain.free(BOB) == before[0] - int(paid.actual_fee)
    assert chain.free(CHARLIE) == before[1]
    assert chain.runtime.system.account[CHARLIE.account].nonce == nonce + 1
    assert chain.runtime.system.account[BOB.account].nonce == 2


def test_who_pays_has_to_be_able_to(chain: Chain) -> None:
    everything = call_of("Balances", "transfer_all", AddressId(ALICE.account), True)
    assert chain.send(CHARLIE, everything) is None
    # The proxy's own money is not asked for.
    assert chain.validate(chain.sign(CHARLIE, act(BOB)))
    assert chain.send(CHARLIE, act(BOB)) is None
    assert chain.send(BOB, everything) is None
    extrinsic = chain.sign(CHARLIE, act(BOB))
    with pytest.raises(TransactionInvalid) as raised:
        chain.validate(extrinsic)
    assert raised.value.code is Invalid.PAYMENT


def test_a_proxy_of_nobodys_pays_itself(chain: Chain) -> None:
    before = chain.free(DAVE), chain.free(BOB)
    assert chain.send(BOB, act(DAVE)) is None
    assert chain.free(DAVE) == before[0]
    assert chain.free(BOB) < before[1]
