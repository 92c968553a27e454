"""Proxies: who may act for whom, what they may do, and what it costs."""

from typing import Any

import pytest

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.dispatch_error import BadOrigin, CannotLookup, DispatchError
from taonet.frame.dispatch_outcome import Err, Ok
from taonet.frame.multi_address import AddressId, AddressRaw
from taonet.frame.origin import Origin, Root, Signed
from taonet.frame.pallet import PostInfo
from taonet.frame.weight import DispatchClass, Pays, Weight
from taonet.pallets.balances_errors import InsufficientBalance
from taonet.pallets.proxy import errors, events
from taonet.pallets.proxy.filters import RULES, FilterMode, is_superset
from taonet.pallets.proxy.types import DEPRECATED, DepositKind, ProxyDefinition, ProxyType
from taonet.pallets.subtensor.guard_weights import COLDKEY_SWAP
from taonet.pallets.system import CallFiltered
from taonet.pallets.utility import derived_account
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Alpha, NetUid, Rao, to_rao
from taonet.runtime.pallets import CALLS, SPECS
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, CHARLIE, DAVE, Chain, Wallet, call_of
from tests.runtime.samples import sample

BASE, FACTOR = 60_000_000, 33_000_000
ANNOUNCING_BASE, ANNOUNCING_FACTOR = 36_000_000, 68_000_000
REMARK = call_of("System", "remark", b"")
NOBODY = AccountId(bytes([9]) * 32)


@pytest.fixture
def chain() -> Chain:
    """Bob may do anything for Alice."""
    chain = Chain()
    chain.block()
    return chain


def address(who: Wallet) -> AddressId:
    return AddressId(who.account)


def make(chain: Chain, who: Wallet, name: str, *arguments: Any) -> PostInfo:
    """Dispatch a call of the pallet and check the books."""
    info = chain.runtime.apply(call_of("Proxy", name, *arguments), Signed(who.account))
    chain.runtime.try_state()
    return info


def refuse(
    chain: Chain, who: Wallet | Origin, error: type[DispatchError], name: str, *arguments: Any
) -> None:
    origin = Signed(who.account) if isinstance(who, Wallet) else who
    refuses(chain.runtime, call_of("Proxy", name, *arguments), origin, error)


def let(
    chain: Chain,
    kind: ProxyType = ProxyType.ANY,
    *,
    delay: int = 0,
    real: Wallet = ALICE,
    delegate: Wallet = BOB,
) -> None:
    """Let a delegate, Bob unless said otherwise, act for `real`, Alice unless said otherwise."""
    make(chain, real, "add_proxy", address(delegate), kind, delay)


def act(chain: Chain, call: Call, *, by: Wallet = BOB, real: Wallet = ALICE) -> Any:
    """Make a call as a proxy; its result."""
    make(chain, by, "proxy", address(real), None, call)
    return last(chain, events.ProxyExecuted).result


def last(chain: Chain, kind: type) -> Any:
    return [d.event for d in chain.runtime.state.events if isinstance(d.event, kind)][-1]


def reserved(chain: Chain, who: Wallet) -> int:
    return int(chain.runtime.system.account[who.account].data.reserved)


def proxies(chain: Chain, who: Wallet = ALICE) -> tuple[ProxyDefinition, ...]:
    return chain.runtime.proxy.kept.proxies[who.account][0]


def transfer(to: Wallet, amount: int) -> Call:
    return call_of("Balances", "transfer_keep_alive", address(to), Rao(amount))


def filtered(chain: Chain) -> Err:
    return Err(chain.runtime.failure_of(CallFiltered()))


def hash_of(chain: Chain, call: Call) -> H256:
    return H256(blake2_256(chain.runtime.codecs.of(RUNTIME_CALL).encode(call)))


def test_a_proxy_acts_for_an_account(chain: Chain) -> None:
    let(chain)
    assert last(chain, events.ProxyAdded) == events.ProxyAdded(
        delegator=ALICE.account, delegatee=BOB.account, proxy_type=ProxyType.ANY, delay=0
    )
    before = chain.free(ALICE), chain.free(BOB), chain.free(CHARLIE)
    assert act(chain, transfer(CHARLIE, 5)) == Ok()

    after = chain.free(ALICE), chain.free(BOB), chain.free(CHARLIE)
    assert after == (before[0] - 5, before[1], before[2] + 5)
    kept = chain.runtime.proxy.kept
    assert kept.last_call_result[ALICE.account] == Ok()
    chain.begin()
    chain.end()
    assert kept.last_call_result[ALICE.account] is None


def test_what_a_proxy_is_refused_is_an_event_and_leaves_nothing(chain: Chain) -> None:
    let(chain)
    before = chain.free(ALICE)
    too_much = transfer(CHARLIE, int(to_rao(2_000_000)))
    batch = call_of("Utility", "batch_all", (transfer(CHARLIE, 7), too_much))
    result = act(chain, batch)

    assert isinstance(result, Err)
    assert chain.free(ALICE) == before
    assert chain.runtime.proxy.kept.last_call_result[ALICE.account] == result


def test_strangers_are_no_proxies(chain: Chain) -> None:
    let(chain, ProxyType.STAKING)
    refuse(chain, CHARLIE, errors.NotProxy, "proxy", address(ALICE), None, REMARK)
    refuse(chain, BOB, errors.NotProxy, "proxy", address(ALICE), ProxyType.ANY, REMARK)
    refuse(chain, BOB, errors.NotProxy, "proxy", address(CHARLIE), None, REMARK)
    refuse(chain, BOB, CannotLookup, "proxy", AddressRaw(b"alice"), None, REMARK)
    refuse(chain, Root(), BadOrigin, "proxy", address(ALICE), None, REMARK)


def test_deposits_are_reserved_and_returned_to_the_rao(chain: Chain) -> None:
    issued, before = chain.runtime.balances.total_issuance, chain.free(ALICE)
    for count, delegate in enumerate((DAVE, BOB, CHARLIE), start=1):
        let(chain, delegate=delegate)
        assert reserved(chain, ALICE) == BASE + FACTOR * count
    assert list(proxies(chain)) == sorted(proxies(chain), key=lambda p: p.rank)
    make(chain, ALICE, "remove_proxy", address(BOB), ProxyType.ANY, 0)
    assert last(chain, events.ProxyRemoved) == events.ProxyRemoved(
        delegator=ALICE.account, delegatee=BOB.account, proxy_type=ProxyType.ANY, delay=0
    )
    assert reserved(chain, ALICE) == BASE + FACTOR * 2
    make(chain, ALICE, "remove_proxies")
    assert reserved(chain, ALICE) == 0
    assert chain.free(ALICE) == before
    assert proxies(chain) == ()
    assert chain.runtime.balances.total_issuance == issued


def test_proxies_have_their_limits(chain: Chain) -> None:
    let(chain)
    refuse(chain, ALICE, errors.Duplicate, "add_proxy", address(BOB), ProxyType.ANY, 0)
    refuse(chain, ALICE, errors.NoSelfProxy, "add_proxy", address(ALICE), ProxyType.ANY, 0)
    for delay in range(1, 20):
        let(chain, delay=delay)
    refuse(chain, ALICE, errors.TooMany, "add_proxy", address(BOB), ProxyType.ANY, 20)
    absent = (address(BOB), ProxyType.ANY, 20)
    refuse(chain, ALICE, errors.NotFound, "remove_proxy", *absent)
    refuse(chain, CHARLIE, errors.NotFound, "remove_proxy", *absent)
    poor = Signed(NOBODY)
    refuse(chain, poor, InsufficientBalance, "add_proxy", address(BOB), ProxyType.ANY, 0)


def test_the_type_says_as_which_proxy_one_acts(chain: Chain) -> None:
    let(chain, ProxyType.ANY)
    let(chain, ProxyType.STAKING)
    make(chain, BOB, "proxy", address(ALICE), ProxyType.STAKING, transfer(CHARLIE, 5))
    assert last(chain, events.ProxyExecuted).result == filtered(chain)
    make(chain, BOB, "proxy", address(ALICE), ProxyType.ANY, transfer(CHARLIE, 5))
    assert last(chain, events.ProxyExecuted).result == Ok()


def nested(call: Call) -> dict[str, Call]:
    """A call in everything that holds calls and keeps the origin."""
    return {
        "batch": call_of("Utility", "batch_all", (call,)),
        "fallback": call_of("Utility", "if_else", call, call),
        "pseudonym": call_of("Utility", "as_derivative", 0, call),
        "deep": call_of("Utility", "if_else", call_of("Utility", "as_derivative", 1, call), REMARK),
    }


@pytest.mark.parametrize("form", ["batch", "fallback", "pseudonym", "deep"])
def test_no_nesting_leads_out_of_a_filter(chain: Chain, form: str) -> None:
    let(chain, ProxyType.NON_TRANSFER)
    for pseudonym in (0, 1):
        chain.runtime.apply(
            call_of(
                "Balances",
                "transfer_keep_alive",
                AddressId(derived_account(ALICE.account, pseudonym)),
                to_rao(1),
            ),
            Signed(ALICE.account),
        )
    issued, before = chain.free(CHARLIE), chain.free(ALICE)
    act(chain, nested(transfer(CHARLIE, 5))[form])

    assert chain.free(CHARLIE) == issued
    assert chain.free(ALICE) == before
    chain.runtime.apply(nested(transfer(CHARLIE, 5))[form], Signed(ALICE.account))
    assert chain.free(CHARLIE) == issued + 5


def test_a_proxy_of_a_proxy_is_held_to_the_one_it_speaks_for(chain: Chain) -> None:
    """An account that another one acts for acts in its own right: what held the first is gone."""
    let(chain, ProxyType.NON_TRANSFER)
    let(chain, ProxyType.ANY, real=BOB, delegate=CHARLIE)
    inner = call_of("Proxy", "proxy", address(ALICE), None, transfer(DAVE, 5))
    before = chain.free(DAVE)
    assert act(chain, inner, by=CHARLIE, real=BOB) == Ok()
    assert last(chain, events.ProxyExecuted).result == Ok()
    results = [
        d.event.result
        for d in chain.runtime.state.events
        if isinstance(d.event, events.ProxyExecuted)
    ]
    assert results == [filtered(chain), Ok()]
    assert chain.free(DAVE) == before


def test_a_sudo_key_may_have_proxies(chain: Chain) -> None:
    let(chain, ProxyType.NON_CRITICAL)
    sudo = call_of("Sudo", "sudo", REMARK)
    assert act(chain, sudo) == filtered(chain)
    let(chain, ProxyType.SUDO_UNCHECKED_SET_CODE, delegate=CHARLIE)
    code = call_of("System", "set_code", b"\0asm")
    unchecked = call_of("Sudo", "sudo_unchecked_weight", code, Weight(1, 1))
    assert act(chain, unchecked, by=CHARLIE) != filtered(chain)
    other = call_of("Sudo", "sudo_unchecked_weight", REMARK, Weight(1, 1))
    assert act(chain, other, by=CHARLIE) == filtered(chain)


def test_a_proxy_gives_away_no_more_than_it_has(chain: Chain) -> None:
    let(chain, ProxyType.NON_TRANSFER)
    add = {
        kind: call_of("Proxy", "add_proxy", address(CHARLIE), kind, 0)
        for kind in (ProxyType.ANY, ProxyType.TRANSFER, ProxyType.STAKING)
    }
    assert act(chain, add[ProxyType.ANY]) == filtered(chain)
    assert act(chain, add[ProxyType.TRANSFER]) == filtered(chain)
    assert act(chain, add[ProxyType.STAKING]) == Ok()
    let(chain, ProxyType.TRANSFER, delegate=DAVE)
    take = call_of("Proxy", "remove_proxy", address(DAVE), ProxyType.TRANSFER, 0)
    assert act(chain, take) == filtered(chain)
    assert act(chain, call_of("Proxy", "remove_proxies")) == filtered(chain)
    assert act(chain, call_of("Proxy", "remove_proxies"), by=CHARLIE) == filtered(chain)
    let(chain, ProxyType.ANY, delegate=CHARLIE)
    assert act(chain, call_of("Proxy", "remove_proxies"), by=CHARLIE) == Ok()
    assert proxies(chain) == ()


SMALL, LARGE = 499_999_999, 500_000_000


def sampled(name: str) -> Call:
    spec, pallet, index = CALLS[tuple(name.split("."))]  # type: ignore[index]
    return Call(spec, pallet, index, tuple(sample(f.type) for f in spec.fields))


def stake_transfer(amount: int) -> Call:
    return call_of(
        "SubtensorModule",
        "transfer_stake",
        CHARLIE.account,
        BOB.account,
        NetUid(1),
        NetUid(1),
        Alpha(amount),
    )


def test_a_small_transfer_is_of_less_than_half_a_tao(chain: Chain) -> None:
    let(chain, ProxyType.SMALL_TRANSFER)
    assert act(chain, transfer(CHARLIE, SMALL)) == Ok()
    assert act(chain, transfer(CHARLIE, LARGE)) == filtered(chain)
    rule = RULES[ProxyType.SMALL_TRANSFER]
    assert rule.allows(stake_transfer(SMALL))
    assert not rule.allows(stake_transfer(LARGE))
    assert not rule.allows(call_of("Balances", "transfer_all", address(CHARLIE), False))


def allowed(kind: ProxyType) -> set[str]:
    return {
        f"{pallet}.{name}"
        for pallet, name in CALLS
        if RULES[kind].allows(sampled(f"{pallet}.{name}"))
    }


def test_the_rules_name_calls_that_there_are() -> None:
    pallets = {spec.name for spec in SPECS}
    assert set(RULES) == set(ProxyType)
    for rule in RULES.values():
        for name in (*rule.calls, *rule.exceptions):
            pallet, _, call = name.partition(".")
            assert pallet in pallets if call == "*" else (pallet, call) in CALLS, name


def test_each_kind_may_do_what_it_is_for() -> None:
    everything = {".".join(name) for name in CALLS}
    of_balances = {name for name in everything if name.startswith("Balances.")}
    of_subtensor = "SubtensorModule.{}".format
    assert allowed(ProxyType.ANY) == everything
    assert all(not allowed(kind) for kind in DEPRECATED)
    assert everything - allowed(ProxyType.NON_TRANSFER) == of_balances | {
        of_subtensor(name)
        for name in (
            "transfer_stake",
            "schedule_swap_coldkey",
            "swap_coldkey",
            "announce_coldkey_swap",
            "swap_coldkey_announced",
            "clear_coldkey_swap_announcement",
            "dispute_coldkey_swap",
        )
    }
    assert len(everything - allowed(ProxyType.NON_FUNGIBLE) - of_balances) == 21
    assert allowed(ProxyType.CHILD_KEYS) == {
        of_subtensor("set_children"),
        of_subtensor("set_childkey_take"),
    }
    assert allowed(ProxyType.ROOT_CLAIM) == {of_subtensor("claim_root")}
    assert len(allowed(ProxyType.STAKING)) == 11
    assert len(allowed(ProxyType.REGISTRATION)) == 3
    assert len(allowed(ProxyType.SUBNET_LEASE_BENEFICIARY)) == 23
    owner = allowed(ProxyType.OWNER)
    assert {of_subtensor("set_subnet_identity"), of_subtensor("update_symbol")} < owner
    assert "AdminUtils.sudo_set_kappa" in owner
    assert "AdminUtils.sudo_set_sn_owner_hotkey" not in owner
    assert "AdminUtils.sudo_set_subnet_owner_hotkey" not in owner
    critical = everything - allowed(ProxyType.NON_CRITICAL)
    assert {name for name in everything if name.startswith("Sudo.")} < critical
    assert of_subtensor("dissolve_network") in critical
    assert RULES[ProxyType.OWNER].mode is FilterMode.ALLOW


def test_which_kind_stands_above_which() -> None:
    for kind in ProxyType:
        assert is_superset(ProxyType.ANY, kind)
        assert is_superset(kind, kind)
        assert not is_superset(kind, ProxyType.ANY) or kind is ProxyType.ANY
    assert is_superset(ProxyType.TRANSFER, ProxyType.SMALL_TRANSFER)
    assert not is_superset(ProxyType.SMALL_TRANSFER, ProxyType.TRANSFER)
    assert not is_superset(ProxyType.NON_TRANSFER, ProxyType.TRANSFER)
    assert not is_superset(ProxyType.NON_TRANSFER, ProxyType.SMALL_TRANSFER)
    assert is_superset(ProxyType.NON_TRANSFER, ProxyType.SUDO_UNCHECKED_SET_CODE)
    assert not is_superset(ProxyType.STAKING, ProxyType.ROOT_CLAIM)


def pure_of(chain: Chain, who: Wallet = ALICE, index: int = 0) -> tuple[AccountId, int, int]:
    """A pure account, made by a signed extrinsic; with the block and the place of that."""
    create = call_of("Proxy", "create_pure", ProxyType.ANY, 0, index)
    assert chain.send(who, create) is None
    return last(chain, events.PureCreated).pure, chain.runtime.system.number, 1


def test_a_pure_account_lives_by_its_proxy(chain: Chain) -> None:
    before = reserved(chain, ALICE)
    pure, height, place = pure_of(chain)
    entropy = b"modlpy/proxy____" + ALICE.account + height.to_bytes(4, "little")
    entropy += place.to_bytes(4, "little") + b"\0" + bytes(2)
    assert pure == blake2_256(entropy)
    assert reserved(chain, ALICE) == before + BASE + FACTOR

    def as_pure(call: Call) -> Any:
        make(chain, ALICE, "proxy", AddressId(pure), None, call)
        return last(chain, events.ProxyExecuted).result

    chain.runtime.apply(
        call_of("Balances", "transfer_keep_alive", AddressId(pure), to_rao(1)),
        Signed(BOB.account),
    )
    assert as_pure(transfer(CHARLIE, 9)) == Ok()
    wrong = call_of("Proxy", "kill_pure", address(ALICE), ProxyType.ANY, 0, height, place + 1)
    assert as_pure(wrong) == Err(chain.runtime.failure_of(errors.NoPermission()))
    kill = call_of("Proxy", "kill_pure", address(ALICE), ProxyType.ANY, 0, height, place)
    assert as_pure(kill) == Ok()
    killed = events.PureKilled(
        pure=pure, spawner=ALICE.account, proxy_type=ProxyType.ANY, disambiguation_index=0
    )
    assert last(chain, events.PureKilled) == killed
    assert reserved(chain, ALICE) == before
    refuse(chain, ALICE, errors.NotProxy, "proxy", AddressId(pure), None, REMARK)


def test_a_pure_account_is_made_once(chain: Chain) -> None:
    make(chain, ALICE, "create_pure", ProxyType.ANY, 0, 0)
    refuse(chain, ALICE, errors.Duplicate, "create_pure", ProxyType.ANY, 0, 0)
    first = last(chain, events.PureCreated).pure
    make(chain, ALICE, "create_pure", ProxyType.ANY, 0, 1)
    assert last(chain, events.PureCreated).pure != first
    poor = Signed(NOBODY)
    refuse(chain, poor, InsufficientBalance, "create_pure", ProxyType.ANY, 0, 0)
    here = (address(ALICE), ProxyType.ANY, 0, 0, 0)
    refuse(chain, ALICE, errors.NoPermission, "kill_pure", *here)


def test_a_proxy_with_a_delay_announces(chain: Chain) -> None:
    let(chain, delay=3)
    call = transfer(CHARLIE, 5)
    refuse(chain, BOB, errors.Unannounced, "proxy", address(ALICE), None, call)
    call_hash = hash_of(chain, call)
    make(chain, BOB, "announce", address(ALICE), call_hash)
    assert last(chain, events.Announced) == events.Announced(
        real=ALICE.account, proxy=BOB.account, call_hash=call_hash
    )
    assert reserved(chain, BOB) == ANNOUNCING_BASE + ANNOUNCING_FACTOR
    announced = (address(BOB), address(ALICE), None, call)
    refuse(chain, DAVE, errors.Unannounced, "proxy_announced", *announced)
    chain.block()
    chain.block()
    refuse(chain, DAVE, errors.Unannounced, "proxy_announced", *announced)
    chain.block()
    other = (address(BOB), address(ALICE), None, transfer(CHARLIE, 6))
    refuse(chain, DAVE, errors.Unannounced, "proxy_announced", *other)
    before = chain.free(CHARLIE)
    make(chain, DAVE, "proxy_announced", *announced)

    assert last(chain, events.ProxyExecuted).result == Ok()
    assert chain.free(CHARLIE) == before + 5
    assert reserved(chain, BOB) == 0
    refuse(chain, DAVE, errors.Unannounced, "proxy_announced", *announced)


def test_announcements_are_taken_back_and_rejected(chain: Chain) -> None:
    let(chain, delay=1)
    first, second = H256(bytes([1]) * 32), H256(bytes([2]) * 32)
    refuse(chain, CHARLIE, errors.NotProxy, "announce", address(ALICE), first)
    for call_hash in (first, second, second):
        make(chain, BOB, "announce", address(ALICE), call_hash)
    assert reserved(chain, BOB) == ANNOUNCING_BASE + 3 * ANNOUNCING_FACTOR
    refuse(chain, CHARLIE, errors.NotFound, "reject_announcement", address(BOB), second)
    make(chain, ALICE, "reject_announcement", address(BOB), second)
    assert reserved(chain, BOB) == ANNOUNCING_BASE + ANNOUNCING_FACTOR
    refuse(chain, BOB, errors.NotFound, "remove_announcement", address(CHARLIE), first)
    make(chain, BOB, "remove_announcement", address(ALICE), first)
    assert reserved(chain, BOB) == 0
    refuse(chain, BOB, errors.NotFound, "remove_announcement", address(ALICE), first)


def test_only_so_many_announcements_are_open(chain: Chain) -> None:
    let(chain, delay=1)
    for _ in range(75):
        chain.runtime.apply(
            call_of("Proxy", "announce", address(ALICE), H256.zero()), Signed(BOB.account)
        )
    refuse(chain, BOB, errors.TooMany, "announce", address(ALICE), H256.zero())


def test_a_deposit_is_brought_up_to_date(chain: Chain) -> None:
    let(chain)
    let(chain, delay=1, real=CHARLIE, delegate=ALICE)
    make(chain, ALICE, "announce", address(CHARLIE), H256.zero())
    assert make(chain, ALICE, "poke_deposit").pays is Pays.YES
    assert make(chain, DAVE, "poke_deposit").pays is Pays.YES
    before, kept = reserved(chain, ALICE), chain.runtime.proxy.kept
    definitions, deposit = kept.proxies[ALICE.account]
    kept.proxies[ALICE.account] = (definitions, deposit + Rao(7))
    pending, announced = kept.announcements[ALICE.account]
    kept.announcements[ALICE.account] = (pending, announced - Rao(9))
    info = make(chain, ALICE, "poke_deposit")

    assert info.pays is Pays.NO
    assert reserved(chain, ALICE) == before - 7 + 9
    assert last(chain, events.ProxyDepositPoked) == events.ProxyDepositPoked(
        who=ALICE.account,
        kind=DepositKind.ANNOUNCEMENTS,
        old_deposit=announced - Rao(9),
        new_deposit=announced,
    )


def test_paying_for_a_proxy_ends_with_it(chain: Chain) -> None:
    refuse(chain, ALICE, errors.NotProxy, "set_real_pays_fee", address(BOB), True)
    let(chain)
    make(chain, ALICE, "set_real_pays_fee", address(BOB), True)
    assert last(chain, events.RealPaysFeeSet) == events.RealPaysFeeSet(
        real=ALICE.account, delegate=BOB.account, pays_fee=True
    )
    assert chain.runtime.proxy.pays_fee(ALICE.account, BOB.account)
    make(chain, ALICE, "set_real_pays_fee", address(BOB), False)
    assert not chain.runtime.proxy.pays_fee(ALICE.account, BOB.account)
    for ending in (("remove_proxy", address(BOB), ProxyType.ANY, 0), ("remove_proxies",)):
        make(chain, ALICE, "set_real_pays_fee", address(BOB), True)
        make(chain, ALICE, *ending)
        assert not chain.runtime.proxy.pays_fee(ALICE.account, BOB.account)
        let(chain)


def test_a_proxy_pays_what_the_call_pays() -> None:
    free = call_of("Utility", "batch", ())
    paid = call_of("Proxy", "proxy", address(ALICE), None, REMARK)
    assert call_of("Proxy", "proxy", address(ALICE), None, free).info().pays_fee is Pays.NO
    assert paid.info().pays_fee is Pays.YES
    assert paid.info().class_ is DispatchClass.NORMAL
    base = 28_026_265 + 20 * 53_205 + 4 * 25_000_000 + 2 * 100_000_000
    own = Weight(base, 4254 + 37 * 20) + COLDKEY_SWAP
    assert paid.info().weight == REMARK.info().weight + own


def test_a_coldkey_on_the_move_is_not_moved_by_a_proxy(chain: Chain) -> None:
    let(chain)
    swaps = chain.runtime.subtensor.key_swaps
    swaps.coldkey_swap_announcements[ALICE.account] = (1, H256.zero())
    result = act(chain, transfer(CHARLIE, 5))
    assert isinstance(result, Err)
    assert result != filtered(chain)
