"""What root sets for the chain itself."""

import pytest

from taonet.frame.dispatch_error import BadOrigin, Exhausted
from taonet.frame.origin import Root, Signed
from taonet.pallets.aura import AuraId
from taonet.pallets.evm_chain_id import EvmChainId
from taonet.pallets.grandpa import (
    ChangePending,
    GrandpaId,
    NewAuthorities,
    StoredPendingChange,
    TooSoon,
)
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, Chain, call_of

AUTHOR = AuraId(bytes([1]) * 32)
FINALISERS = ((GrandpaId(bytes([2]) * 32), 1),)
FORCED = (FINALISERS, 3, 1)
STRANGER = Signed(ALICE.account)


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.block()
    return chain


def root(chain: Chain, name: str, *arguments: object) -> None:
    chain.runtime.apply(call_of("AdminUtils", name, *arguments), Root())


def test_root_replaces_the_authors(chain: Chain) -> None:
    root(chain, "swap_authorities", (AUTHOR,))
    assert chain.runtime.aura.authorities == (AUTHOR,)
    root(chain, "swap_authorities", ())
    assert chain.runtime.aura.authorities == (AUTHOR,)
    call = call_of("AdminUtils", "swap_authorities", (AUTHOR,))
    refuses(chain.runtime, call, STRANGER, BadOrigin)


def test_the_finalisers_change_at_the_end_of_their_block(chain: Chain) -> None:
    grandpa, now = chain.runtime.grandpa, chain.runtime.system.number
    before = grandpa.authorities
    call = call_of("AdminUtils", "schedule_grandpa_change", FINALISERS, 2, None)
    refuses(chain.runtime, call, STRANGER, BadOrigin)
    too_many = call_of("AdminUtils", "schedule_grandpa_change", FINALISERS * 33, 2, None)
    refuses(chain.runtime, too_many, Root(), Exhausted)
    assert chain.send(ALICE, call_of("Sudo", "sudo", call)) is None
    waiting = StoredPendingChange(now + 1, 2, FINALISERS, None)
    assert grandpa.pending_change == waiting
    refuses(chain.runtime, call, Root(), ChangePending)
    chain.block()
    assert grandpa.authorities == before
    chain.block()

    assert grandpa.authorities == FINALISERS
    assert grandpa.pending_change is None
    events = [d.event for d in chain.runtime.state.events]
    assert NewAuthorities(authority_set=FINALISERS) in events


def test_forced_changes_keep_their_distance(chain: Chain) -> None:
    grandpa, now = chain.runtime.grandpa, chain.runtime.system.number
    root(chain, "schedule_grandpa_change", *FORCED)
    assert grandpa.next_forced == now + 6
    grandpa.pending_change = None
    call = call_of("AdminUtils", "schedule_grandpa_change", *FORCED)
    chain.runtime.system.number = now + 5
    refuses(chain.runtime, call, Root(), TooSoon)
    chain.runtime.system.number = now + 6
    root(chain, "schedule_grandpa_change", *FORCED)


def test_root_numbers_the_chain_for_ethereums_wallets(chain: Chain) -> None:
    root(chain, "sudo_set_evm_chain_id", 945)
    assert EvmChainId(chain.runtime.state).chain_id == 945
    call = call_of("AdminUtils", "sudo_set_evm_chain_id", 1)
    refuses(chain.runtime, call, STRANGER, BadOrigin)
