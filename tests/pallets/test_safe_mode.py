"""The safe mode: who enters it, what still works in it, and how it ends."""

from typing import Any

import pytest

from taonet.frame.call import Call
from taonet.frame.dispatch_error import BadOrigin, DispatchError
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Origin, Root, Signed
from taonet.pallets import safe_mode as pallet
from taonet.pallets.balances_types import SafeModeHold, SafeModeHoldReason
from taonet.pallets.system import CallFiltered
from taonet.primitives.units import Rao, to_rao
from taonet.runtime.pallets import CALLS
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, Chain, call_of
from tests.runtime.samples import sample

HOLD = SafeModeHold(SafeModeHoldReason.ENTER_OR_EXTEND)
SOMEONE = Signed(BOB.account)


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.block()
    return chain


def make(chain: Chain, name: str, *arguments: Any) -> None:
    """Dispatch a call of the pallet by root and check the books."""
    chain.runtime.apply(call_of("SafeMode", name, *arguments), Root())
    chain.runtime.try_state()


def refuse(
    chain: Chain, error: type[DispatchError], name: str, *arguments: Any, origin: Origin = SOMEONE
) -> None:
    refuses(chain.runtime, call_of("SafeMode", name, *arguments), origin, error)


def last(chain: Chain) -> Any:
    return chain.runtime.state.events[-1].event


def give() -> Call:
    return call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(7))


def test_root_enters_extends_and_leaves(chain: Chain) -> None:
    make(chain, "force_enter")
    assert last(chain) == pallet.SafeModeEntered(until=1 + 7200)
    refuse(chain, pallet.Entered, "force_enter", origin=Root())
    make(chain, "force_extend")
    assert last(chain) == pallet.SafeModeExtended(until=1 + 7200 + 3600)
    make(chain, "force_exit")
    assert last(chain) == pallet.SafeModeExited(reason=pallet.ExitReason.FORCE)
    for name in ("force_exit", "force_extend"):
        refuse(chain, pallet.Exited, name, origin=Root())


def test_nobody_else_does(chain: Chain) -> None:
    for name in ("force_enter", "force_extend", "force_exit"):
        refuse(chain, BadOrigin, name)
    refuse(chain, pallet.NotConfigured, "enter")
    refuse(chain, pallet.Exited, "extend")
    refuse(chain, pallet.NoDeposit, "release_deposit", BOB.account, 1)
    make(chain, "force_enter")
    refuse(chain, pallet.Entered, "enter")
    refuse(chain, pallet.NotConfigured, "extend")


def test_only_what_must_go_on_does(chain: Chain) -> None:
    assert chain.send(ALICE, call_of("Sudo", "sudo", call_of("SafeMode", "force_enter"))) is None
    before = chain.free(BOB)
    assert isinstance(chain.send(ALICE, give()), CallFiltered)
    batch = call_of("Utility", "batch_all", (call_of("System", "remark", b""),))
    assert isinstance(chain.send(ALICE, batch), CallFiltered)
    assert chain.free(BOB) == before
    assert chain.send(ALICE, call_of("System", "remark", b"")) is None
    root = call_of("Balances", "force_set_balance", AddressId(BOB.account), to_rao(1))
    assert chain.send(ALICE, call_of("Sudo", "sudo", root)) is None
    assert chain.free(BOB) == int(to_rao(1))
    assert chain.send(ALICE, call_of("Sudo", "sudo", call_of("SafeMode", "force_exit"))) is None
    assert chain.send(ALICE, give()) is None


def test_the_list_of_what_goes_on(chain: Chain) -> None:
    make(chain, "force_enter")
    through = set()
    for names, declared in CALLS.items():
        call = Call(*declared, tuple(sample(f.type) for f in declared[0].fields))
        with chain.runtime.state.discarded():
            try:
                chain.runtime.apply(call, SOMEONE)
            except CallFiltered:
                continue
            except DispatchError:
                pass
        through.add(names)
    pallets = ("Sudo", "Multisig", "System", "SafeMode", "Timestamp")
    assert through == {names for names in CALLS if names[0] in pallets} | {
        ("SubtensorModule", "set_weights"),
        ("SubtensorModule", "serve_axon"),
        ("Commitments", "set_commitment"),
    }


def test_it_ends_by_itself(chain: Chain) -> None:
    make(chain, "force_enter")
    chain.runtime.safe_mode.entered_until = 3
    chain.block()
    chain.block()
    assert chain.runtime.safe_mode.is_entered
    chain.begin()
    assert not chain.runtime.safe_mode.is_entered
    ended = [d.event for d in chain.runtime.state.events]
    assert pallet.SafeModeExited(reason=pallet.ExitReason.TIMEOUT) in ended
    chain.end()


def test_the_block_goes_on_without_a_key_for_secrets(chain: Chain) -> None:
    key = bytes(1184)
    assert len(chain.executive.inherents(1, key)) == 2
    make(chain, "force_enter")
    assert len(chain.executive.inherents(1, key)) == 1


def test_root_settles_deposits_that_there_may_once_have_been(chain: Chain) -> None:
    runtime, before = chain.runtime, chain.free(BOB)
    issued = runtime.balances.total_issuance
    for block in (1, 2):
        runtime.balances.hold(BOB.account, HOLD, to_rao(1))
        runtime.safe_mode.deposits[BOB.account, block] = to_rao(1)
    assert runtime.balances.held(BOB.account, HOLD) == int(to_rao(2))
    runtime.try_state()
    refuse(chain, pallet.NotConfigured, "release_deposit", BOB.account, 1)
    make(chain, "force_release_deposit", BOB.account, 1)
    assert last(chain) == pallet.DepositReleased(account=BOB.account, amount=to_rao(1))
    assert chain.free(BOB) == before - int(to_rao(1))
    make(chain, "force_slash_deposit", BOB.account, 2)
    assert last(chain) == pallet.DepositSlashed(account=BOB.account, amount=to_rao(1))
    assert runtime.balances.total_issuance == issued - to_rao(1)
    assert runtime.balances.holds[BOB.account] == ()
    for name in ("force_release_deposit", "force_slash_deposit"):
        refuse(chain, pallet.NoDeposit, name, BOB.account, 1, origin=Root())
        refuse(chain, BadOrigin, name, BOB.account, 1)
