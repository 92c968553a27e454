"""Genesis: what clients expect of a local network."""

from taonet.frame.config import RuntimeConfig, Timing
from taonet.frame.overlay import DictState
from taonet.frame.state import State
from taonet.pallets.aura import AuraId
from taonet.primitives.ss58 import decode_ss58
from taonet.primitives.units import Rao, to_rao
from taonet.runtime.genesis import CODE_KEY, GenesisPlan, development_account, localnet_genesis
from taonet.runtime.runtime import Runtime
from tests.runtime.chain import ALICE, BOB, FAST


def runtime_of(entries: dict[bytes, bytes], config: RuntimeConfig = FAST) -> Runtime:
    return Runtime(State(DictState(entries), config))


def test_development_accounts_are_endowed() -> None:
    balances = runtime_of(localnet_genesis(FAST)).balances

    assert balances.free(ALICE.account) == to_rao(1_000_000)
    assert balances.free(development_account("Three")) == to_rao(2_000)
    alith = decode_ss58("5Fghzk1AJt88PeFEzuRfXzbPchiBbsVGTTXcdx599VdZzkTA")
    assert balances.free(alith) == to_rao(2_000)
    assert balances.total_issuance >= to_rao(3_000_000 + 8 * 2_000)


def test_alice_is_sudo_and_three_keys_author() -> None:
    runtime = runtime_of(localnet_genesis(FAST))

    assert runtime.sudo.key == ALICE.account
    names = ("One", "Two", "Three")
    assert runtime.aura.authorities == tuple(AuraId(development_account(n)) for n in names)
    assert [weight for _, weight in runtime.grandpa.authorities] == [1, 1, 1]


def test_a_plan_says_who_holds_what() -> None:
    plan = GenesisPlan(balances={BOB.account: Rao(600)}, sudo=None, authorities=("One",))
    runtime = runtime_of(localnet_genesis(FAST, plan))

    assert runtime.sudo.key is None
    assert runtime.balances.free(BOB.account) == Rao(600)
    assert runtime.balances.free(ALICE.account) == Rao(0)


def test_genesis_is_the_same_every_time_and_another_for_another_runtime() -> None:
    fast, again = localnet_genesis(FAST), localnet_genesis(FAST)
    real = localnet_genesis(RuntimeConfig(Timing.REAL))

    assert fast == again
    assert fast[CODE_KEY] != real[CODE_KEY]
    assert len(fast[CODE_KEY]) == 32
