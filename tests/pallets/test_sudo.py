"""Sudo: one key that calls as root."""

import pytest

from taonet.frame.dispatch_outcome import BadOriginFailure, Err, ModuleFailure, Ok, PalletFailure
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Root, Signed
from taonet.frame.weight import Weight
from taonet.pallets.subtensor.guard_weights import COLDKEY_SWAP
from taonet.pallets.sudo import KeyChanged, KeyRemoved, RequireSudo, Sudid, SudoAsDone
from taonet.primitives.units import Rao
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, Chain, call_of


@pytest.fixture
def chain() -> Chain:
    return Chain()


SET_BALANCE = call_of("Balances", "force_set_balance", AddressId(BOB.account), Rao(777))


def test_sudo_calls_as_root_and_is_free(chain: Chain) -> None:
    before = chain.free(ALICE)
    assert chain.send(ALICE, call_of("Sudo", "sudo", SET_BALANCE)) is None

    assert chain.free(BOB) == 777
    assert Sudid(sudo_result=Ok()) in chain.events()
    assert chain.free(ALICE) == before
    assert chain.fee() == Rao(0)


def test_a_refused_inner_call_is_told_by_the_event(chain: Chain) -> None:
    nothing = call_of("System", "apply_authorized_upgrade", b"")
    assert chain.send(ALICE, call_of("Sudo", "sudo", nothing)) is None

    nothing_authorized = PalletFailure(ModuleFailure(0, bytes((7, 0, 0, 0))))
    assert Sudid(sudo_result=Err(nothing_authorized)) in chain.events()


def test_the_weight_may_be_vouched_for(chain: Chain) -> None:
    call = call_of("Sudo", "sudo_unchecked_weight", SET_BALANCE, Weight(5, 6))
    assert call.info().weight == Weight(5, 6) + COLDKEY_SWAP
    assert chain.send(ALICE, call) is None
    assert chain.free(BOB) == 777


def test_sudo_calls_as_anyone(chain: Chain) -> None:
    move = call_of("Balances", "transfer_keep_alive", AddressId(ALICE.account), Rao(5))
    before = chain.free(BOB)
    chain.send(ALICE, call_of("Sudo", "sudo_as", AddressId(BOB.account), move))
    assert chain.free(BOB) == before - 5
    assert SudoAsDone(sudo_result=Ok()) in chain.events()
    chain.send(ALICE, call_of("Sudo", "sudo_as", AddressId(BOB.account), SET_BALANCE))
    assert SudoAsDone(sudo_result=Err(BadOriginFailure())) in chain.events()


def test_the_key_changes_hands_and_can_be_thrown_away(chain: Chain) -> None:
    chain.send(ALICE, call_of("Sudo", "set_key", AddressId(BOB.account)))
    assert KeyChanged(old=ALICE.account, new=BOB.account) in chain.events()
    refuses(chain.runtime, call_of("Sudo", "remove_key"), Signed(ALICE.account), RequireSudo)
    chain.send(BOB, call_of("Sudo", "remove_key"))
    assert KeyRemoved() in chain.events()
    for who in (ALICE, BOB):
        refuses(
            chain.runtime, call_of("Sudo", "sudo", SET_BALANCE), Signed(who.account), RequireSudo
        )
    chain.runtime.apply(call_of("Sudo", "set_key", AddressId(ALICE.account)), Root())
    assert chain.runtime.sudo.key == ALICE.account
