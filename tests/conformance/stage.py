"""
A chain that the tables of the real chain's tests are played on, by names on the wire.

Accounts are named "@alice". The real chain's tests have a runtime of their own, whose settings
differ from the network's; `SETTINGS` are those.

Source: subtensor pallets/subtensor/src/tests/mock.rs @ 14bc6f9, its `parameter_types`.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from typing import Any
from unittest.mock import patch

from taonet.economy.dividends import share_with_parents
from taonet.frame.call import RUNTIME_CALL
from taonet.frame.config import RuntimeConfig
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Signed
from taonet.frame.overlay import EmptyState
from taonet.frame.pallet import Pallet
from taonet.frame.state import State
from taonet.frame.storage import StorageItem
from taonet.pallets.aura import Aura
from taonet.pallets.balances import EXISTENTIAL_DEPOSIT
from taonet.pallets.balances_types import Preservation
from taonet.pallets.commitment_data import RAW, CommitmentInfo, Data, TimelockEncrypted
from taonet.pallets.subtensor.distribution import PendingAlpha
from taonet.pallets.subtensor.voting_power_tracking import ValidatorStake
from taonet.primitives.fixed_point import u96f32
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, Uid
from taonet.runtime.pallets import CALL_OWNERS
from taonet.runtime.runtime import Runtime
from taonet.scale.codec import codec
from taonet.scale.types import fields_of, type_of, u16, vec
from tests.conformance.table_values import PALLET, account, named_call, origin_of, plain, typed
from tests.pallets.drand.pulses import pulse_of, recorded, sealed

SETTINGS: dict[str, Any] = {
    "TaoWeight": 0,
    "SubnetOwnerCut": 0,
    "TxRateLimit": 0,
    "NetworkRateLimit": 0,
    "NetworkMinLockCost": 100_000_000_000,
    "NetworkLastLockCost": 100_000_000_000,
    "NetworkLockReductionInterval": 2,
    "StartCallDelay": 0,
    "TxDelegateTakeRateLimit": 1,
    "TxChildkeyTakeRateLimit": 1,
}
SUBNET_SETTINGS: dict[str, Any] = {
    "ImmunityPeriod": 2,
    "MinAllowedWeights": 0,
    "MaxAllowedUids": 256,
    "MaxAllowedValidators": 100,
    "MaxRegistrationsPerBlock": 3,
    "TargetRegistrationsPerInterval": 2,
    "ServingRateLimit": 0,
    "NetworkRegistrationAllowed": True,
    "BurnHalfLife": 1,
    "BurnIncreaseMult": {"fixed": "1"},
    "MinBurn": 500_000,
    "MaxBurn": 1_000_000_000,
    "FirstEmissionBlockNumber": 1,
    "SubtokenEnabled": True,
}


EPOCH_BLOCKS_MAX = 1_000
"""No table's subnet has a longer tempo where it waits for an epoch."""


AUTHOR = account("@author")


def commitment_field(content: str | int, number: int | None = None) -> Data:
    """A text or so many bytes, sealed to a round of drand if one is given; "0x" is a ciphertext."""
    if number is None:
        raw = bytes(content) if isinstance(content, int) else content.encode()
        field: Data = RAW[len(raw)](raw)
        return field
    assert isinstance(content, str)
    if content.startswith("0x"):
        return TimelockEncrypted(bytes.fromhex(content[2:]), number)
    return TimelockEncrypted(sealed(content.encode(), number), number)


class Stage:
    """A chain without genesis, with the tests' settings, and the steps that tables tell it."""

    def __init__(self) -> None:
        self.state = State(EmptyState(), RuntimeConfig())
        self.changed = ExitStack()
        with patch.object(Aura, "author", lambda _: AUTHOR):
            self.runtime = Runtime(self.state)
        self.system, self.balances = self.runtime.system, self.runtime.balances
        self.module, self.swap = self.runtime.subtensor, self.runtime.swap
        self._owners = {type(pallet): pallet for pallet in self.runtime.pallets}
        self._items: dict[tuple[str, str], tuple[Pallet, StorageItem[Any]]] = {
            (item.pallet, item.name): (pallet, item)
            for pallet in self._views()
            for item in pallet.storage_items
        }
        for name, value in SETTINGS.items():
            self.put(name, [], value)
        self.module.networks.networks_added[ROOT] = True
        self.module.networks.subtoken_enabled[ROOT] = True
        self.fund("@author", 1_000)

    def _views(self) -> Iterator[Pallet]:
        """All pallets, and what some of them keep their storage in."""
        for pallet in self.runtime.pallets:
            yield from (held for held in vars(pallet).values() if isinstance(held, Pallet))
            yield pallet

    def put(self, name: str, keys: Sequence[Any], value: Any) -> None:
        """Write a storage item; `Pallet.Item` is another pallet's."""
        view, item = self._find(name)
        if item.parts:
            getattr(view, item.attribute)[self._key(item, keys)] = typed(item.type, value)
        else:
            setattr(view, item.attribute, typed(item.type, value))

    def drop(self, name: str, keys: Sequence[Any]) -> None:
        """Remove an entry of a storage map."""
        view, item = self._find(name)
        del getattr(view, item.attribute)[self._key(item, keys)]

    def get(self, name: str, keys: Sequence[Any]) -> Any:
        """What a storage item holds, in plain types."""
        view, item = self._find(name)
        held = getattr(view, item.attribute)
        held = held[self._key(item, keys)] if item.parts else held
        return None if held is None else plain(item.type, held)

    def _find(self, name: str) -> tuple[Pallet, StorageItem[Any]]:
        pallet, _, item = name.rpartition(".")
        return self._items[pallet or PALLET, item]

    @staticmethod
    def _key(item: StorageItem[Any], keys: Sequence[Any]) -> Any:
        parts = [typed(p.type, k) for p, k in zip(item.parts, keys, strict=True)]
        return parts[0] if len(parts) == 1 else tuple(parts)

    def call(self, signer: str, name: str, *arguments: Any) -> None:
        """A call of an account, "root" or "nobody"; raises `DispatchError` and leaves no trace."""
        call = named_call(name, *arguments)
        owner = self._owners[CALL_OWNERS[call.pallet_index, call.spec.index]]
        with self.state.transaction():
            getattr(owner, call.spec.method)(origin_of(signer), *call.arguments)

    def refused(self, error: str, signer: str, name: str, *arguments: Any) -> None:
        """A call that is refused with an error of that name."""
        try:
            self.call(signer, name, *arguments)
        except DispatchError as refusal:
            found = getattr(refusal, "name", type(refusal).__name__)
        else:
            found = "nothing"
        assert found == error, f"{name} was refused with {found}, not {error}"

    def constant(self, name: str, value: int) -> None:
        """Let a constant, `Pallet.Name`, be another one until `changed` is closed."""
        pallet, _, called = name.rpartition(".")
        (found,) = {
            constant
            for owner in self._views()
            for constant in owner.constants
            if owner.prefix == pallet and constant.name == called
        }
        self.changed.enter_context(patch.object(found, "value", value))
        if name == "Balances.ExistentialDeposit":
            place = "taonet.pallets.balances.EXISTENTIAL_DEPOSIT"
            self.changed.enter_context(patch(place, value))

    def fund(self, who: str, amount: int) -> None:
        """New TAO for an account."""
        self.balances.mint(account(who), Rao(amount))
        self.module.emission.total_issuance += Rao(amount)

    def create(self, netuid: int, tempo: int) -> None:
        """A network as it comes into being."""
        self.module.subnet_creation.add(NetUid(netuid), tempo)

    def open_account(self, netuid: int) -> None:
        """The least balance for a subnet's account: the tests' own runtime asks for less."""
        self.balances.mint(self.module.tao.account_of(NetUid(netuid)), Rao(EXISTENTIAL_DEPOSIT))

    def empty_account(self, netuid: int) -> None:
        """Leave a subnet's account without TAO."""
        who = self.module.tao.account_of(NetUid(netuid))
        self.balances.burn_from(who, self.balances.free(who), Preservation.EXPENDABLE)

    def take_away(self, hotkey: str, coldkey: str, netuid: int) -> None:
        """Take all alpha off a coldkey's stake, so that it was never issued."""
        alpha = self.stake_of(hotkey, coldkey, netuid)
        self.uncredit(hotkey, coldkey, netuid, alpha)
        out = self.get("SubnetAlphaOut", [netuid])
        self.put("SubnetAlphaOut", [netuid], max(out - alpha, 0))

    def pay_swap(self, who: str) -> None:
        """What a swap of keys costs, and the least balance."""
        self.fund(who, int(self.module.constants.key_swap_cost) + EXISTENTIAL_DEPOSIT)

    def subnet(self, netuid: int, tempo: int) -> None:
        """A started subnet without an owner."""
        self.module.subnet_creation.add(NetUid(netuid), tempo)
        for name, value in SUBNET_SETTINGS.items():
            self.put(name, [netuid], value)

    def owned_subnet(self, hotkey: str, coldkey: str, netuid: int) -> None:
        """A subnet that its owner registered for the price of the moment, and started."""
        cost = self.module.subnet_creation.lock_cost()
        self.fund(coldkey, int(cost) + 1_000)
        self.call(coldkey, "register_network", hotkey)
        for name, value in SUBNET_SETTINGS.items():
            self.put(name, [netuid], value)
        self.put("FirstEmissionBlockNumber", [netuid], 0)

    def reserves(self, netuid: int, tao: int, alpha: int) -> None:
        """What a subnet's pool holds."""
        self.put("SubnetTAO", [netuid], tao)
        self.put("SubnetAlphaIn", [netuid], alpha)

    def neuron(self, netuid: int, hotkey: str, coldkey: str) -> None:
        """A neuron that paid nothing to register."""
        if not self.get("SubnetTAO", [netuid]) and not self.get("SubnetAlphaIn", [netuid]):
            self.reserves(netuid, 10**12, 10**12)
        self.put("Burn", [netuid], 0)
        self.fund(coldkey, 1_000)
        self.call(coldkey, "burned_register", netuid, hotkey)
        self.put("Burn", [netuid], 0)

    def stake(self, hotkey: str, coldkey: str, netuid: int, tao: int) -> None:
        """Stake TAO that the coldkey is given for it, without checks."""
        self.fund(coldkey, tao)
        keys = account(hotkey), account(coldkey)
        self.module.staking.add(*keys, NetUid(netuid), Rao(tao))

    def credit(self, hotkey: str, coldkey: str, netuid: int, alpha: int) -> None:
        """Alpha for a coldkey's stake, which nobody paid for."""
        keys = account(hotkey), account(coldkey)
        self.module.staking.grant(*keys, NetUid(netuid), Alpha(alpha))

    def sell(self, hotkey: str, coldkey: str, netuid: int, alpha: int) -> None:
        """Unstake alpha, without checks."""
        keys = account(hotkey), account(coldkey)
        self.module.staking.remove(*keys, NetUid(netuid), Alpha(alpha))

    def limit_sale(
        self, hotkey: str, coldkey: str, netuid: int, part: float, price_part: float
    ) -> None:
        """Unstake a part of the stake, as far as the price stays above a part of itself."""
        alpha = int(self.stake_of(hotkey, coldkey, netuid) * Fraction(str(part)))
        limit = int(float(self.price(netuid)) * (price_part * 1e9))
        self.call(coldkey, "remove_stake_limit", hotkey, netuid, alpha, limit, True)

    def emit_to(self, hotkey: str, netuid: int, alpha: int) -> None:
        """Alpha for all who stake on a hotkey."""
        self.module.staking.pools.deposit_for_all(account(hotkey), NetUid(netuid), Alpha(alpha))

    def own(self, coldkey: str, hotkey: str) -> None:
        """Let a coldkey own a hotkey."""
        self.module.hotkeys.associate(account(coldkey), account(hotkey))

    def block(self, number: int) -> None:
        """The number of the current block; nothing runs."""
        self.system.number = number

    def blocks(self, count: int) -> None:
        """Start that many blocks."""
        for _ in range(count):
            self.state.events.clear()
            self.system.number += 1
            self.module.block_step.on_initialize(self.system.number)

    def grant(self, hotkey: str, coldkey: str, netuid: int, alpha: int) -> None:
        """`credit`, and more TAO than that is worth for the subnet's account."""
        self.credit(hotkey, coldkey, netuid, alpha)
        self.balances.mint(self.module.tao.account_of(NetUid(netuid)), Rao(alpha * 100))

    def uncredit(self, hotkey: str, coldkey: str, netuid: int, alpha: int) -> None:
        """Take alpha off a coldkey's stake, which nobody is paid for."""
        keys = account(hotkey), account(coldkey)
        self.module.staking.pools.withdraw(*keys, NetUid(netuid), Alpha(alpha))

    def emit(self, tao: int) -> None:
        """Emit that much TAO to the subnets, instead of a block's regular emission."""
        place = "taonet.pallets.subtensor.coinbase.block_emission"
        with patch(place, lambda _: Rao(tao)):
            self.module.coinbase.emit()

    def follow_price(self, netuid: int) -> None:
        """Move a subnet's moving price on by the price of the moment."""
        spot = self.swap.price(NetUid(netuid))
        self.module.coinbase.follow_prices({NetUid(netuid): spot})

    def distribute(self, netuid: int, server: int, validator: int, root: int, owner: int) -> None:
        """Run a subnet's epoch for alpha that waited for it."""
        pending = PendingAlpha(Alpha(server), Alpha(validator), Alpha(root), Alpha(owner))
        self.module.distribution.distribute(NetUid(netuid), pending)

    def epoch(self, netuid: int, emission: int) -> None:
        """Run a subnet's epoch; nobody is paid."""
        self.module.epoch_runner.run(NetUid(netuid), Alpha(emission))

    def reset_bonds(self, netuid: int, hotkey: str) -> None:
        """Forget all bonds on a neuron, as a commitment of it asks for."""
        self.runtime.commitments._reset_bonds(NetUid(netuid), account(hotkey))

    def epochs(self, count: int, netuid: int) -> None:
        """Start blocks until a subnet had that many epochs."""
        goal = self.get("SubnetEpochIndex", [netuid]) + count
        for _ in range(EPOCH_BLOCKS_MAX * count):
            if self.get("SubnetEpochIndex", [netuid]) >= goal:
                return
            self.blocks(1)
        raise AssertionError(f"subnet {netuid} has no epochs")

    def announce(self, proxy: str, real: str, call: list[Any]) -> None:
        """Announce that a proxy will make a call."""
        hashed = blake2_256(self.runtime.codecs.of(RUNTIME_CALL).encode(named_call(*call)))
        self.call(proxy, "Proxy.announce", real, "0x" + hashed.hex())

    def commit(self, hotkey: str, netuid: int, *opening: Any) -> None:
        """Commit to weights that are revealed later: uids, values, salt, version key."""
        uids, values, salt, version = opening
        vectors = b"".join(codec(vec(u16)).encode(tuple(one)) for one in (uids, values, salt))
        tail = vectors + version.to_bytes(8, "little")
        message = account(hotkey) + netuid.to_bytes(2, "little") + tail
        self.call(hotkey, "commit_weights", netuid, "0x" + blake2_256(message).hex())

    def replace(self, netuid: int, uid: int, hotkey: str) -> None:
        """Give a neuron's uid to another hotkey."""
        self.module.neuron_registry.replace(NetUid(netuid), Uid(uid), account(hotkey))

    def vote(self, netuid: int, count: int, stake: int | None = None) -> None:
        """What so many epochs do to voting power, with the permits and stakes of now."""
        place = NetUid(netuid)
        permits = self.get("ValidatorPermit", [netuid])
        for _ in range(count):
            found = [
                ValidatorStake(hotkey, self.module.staking.pools.total(hotkey, place), permits[uid])
                for (_, uid), hotkey in self.module.neurons.keys.under(place)
            ]
            if stake is not None:
                found = [replace(one, stake=Alpha(stake)) for one in found]
            self.module.voting_power_tracking.update(place, found)

    def swap_votes(self, former: str, hotkey: str, netuid: int) -> None:
        """Give a hotkey the voting power of another."""
        tracking = self.module.voting_power_tracking
        tracking.swap(account(former), account(hotkey), NetUid(netuid))

    def publish(self, who: str, netuid: int, *fields: list[Any]) -> None:
        """Commit to texts, to so many bytes, and to what a drand round opens."""
        self.put("Uids", [netuid, who], 0)
        info = CommitmentInfo(tuple(commitment_field(*field) for field in fields))
        with self.state.transaction():
            self.runtime.commitments.set_commitment(Signed(account(who)), NetUid(netuid), info)

    def unpublished(self, error: str, who: str, netuid: int, *fields: list[Any]) -> None:
        """`publish` that is refused."""
        try:
            self.publish(who, netuid, *fields)
        except DispatchError as refusal:
            assert type(refusal).__name__ == error, f"refused with {type(refusal).__name__}"
        else:
            raise AssertionError(f"{who} may publish")

    def pulse(self, number: int, signature: str | None = None) -> None:
        """A round of drand becomes known."""
        found = (
            recorded(number) if signature is None else pulse_of(number, bytes.fromhex(signature))
        )
        self.runtime.pulses.pulses[number] = found

    def open_commitments(self) -> None:
        """Open what the known rounds open."""
        self.runtime.commitments.on_initialize(self.system.number)

    def lease(self, beneficiary: str, share: int, end: int | None, tao: int | None) -> None:
        """Lease a subnet with the crowdloan of the moment, and stake on its hotkey."""
        self.call(beneficiary, "register_leased_network", {"_0": share}, end)
        lease = self.module.leases.subnet_leases[0]
        assert lease is not None
        self.module.networks.subtoken_enabled[lease.netuid] = True
        if tao is not None:
            self.balances.mint(lease.coldkey, Rao(tao))
            calls, origin = self.module.staking_calls, Signed(lease.coldkey)
            calls.add_stake(origin, lease.hotkey, lease.netuid, Rao(tao))

    def pay_lease(self, netuid: int, alpha: int) -> None:
        """The owner of a leased subnet was paid."""
        self.module.distribution._leases.distribute(NetUid(netuid), Alpha(alpha))

    def lend(self, netuid: int, parent: str, children: list[list[Any]]) -> None:
        """Children of a hotkey, in force at once."""
        self.put("PendingChildKeys", [netuid, parent], [children, 0])
        number = self.system.number
        self.system.number = max(number, 1)
        self.module.parentage.apply_pending(NetUid(netuid))
        self.system.number = number

    def stake_of(self, hotkey: str, coldkey: str, netuid: int) -> int:
        """A coldkey's alpha on a hotkey."""
        keys = account(hotkey), account(coldkey)
        return int(self.module.staking.pools.stake(*keys, NetUid(netuid)))

    def stakes(self, *places: list[Any]) -> int:
        """The sum of several stakes."""
        return sum(self.stake_of(*place) for place in places)

    def free(self, who: str) -> int:
        """A free balance."""
        return int(self.balances.free(account(who)))

    def reserved(self, who: str) -> int:
        """A reserved balance."""
        return int(self.system.account[account(who)].data.reserved)

    def raised(self, loan: int) -> int:
        """What lies on a crowdloan's account."""
        return int(self.balances.free(self.runtime.crowdloan._funds_account(loan)))

    def reported(self, name: str) -> dict[str, Any] | None:
        """The fields of the last event of a name, or None."""
        events = [one.event for one in self.state.events if one.event.name == name]
        if not events:
            return None
        fields = fields_of(type(events[-1]))
        return {
            f.name or f.attribute: plain(f.type, getattr(events[-1], f.attribute)) for f in fields
        }

    def lock_of(self, coldkey: str, netuid: int) -> dict[str, Any] | None:
        """A coldkey's lock as of now."""
        found = self.module.staking.locks.lock_of(account(coldkey), NetUid(netuid))
        if found is None:
            return None
        hotkey, lock = found
        convinced = Fraction(int(lock.conviction), 2**64)
        name = "@" + hotkey.rstrip(b"\0").decode()
        return {"hotkey": name, "locked": int(lock.mass), "conviction": convinced}

    def total_of(self, hotkey: str, netuid: int) -> int:
        """All alpha on a hotkey."""
        return int(self.module.staking.pools.total(account(hotkey), NetUid(netuid)))

    def tao_of_hotkey(self, hotkey: str) -> int:
        """What a hotkey's stake everywhere is worth."""
        return int(self.module.staking.total_of_hotkey(account(hotkey)))

    def tao_of_coldkey(self, coldkey: str) -> int:
        """What a coldkey's stake everywhere is worth."""
        return int(self.module.staking.total_of_coldkey(account(coldkey)))

    def inherited(self, hotkey: str, netuid: int) -> list[int]:
        """Alpha and TAO that count for a hotkey, with what its parents lend it."""
        found = self.module.stake_weights.inherited(account(hotkey), NetUid(netuid))
        return [int(found.alpha), int(found.root)]

    def weight_of(self, hotkey: str, netuid: int) -> Fraction:
        """A hotkey's stake weight."""
        total = self.module.stake_weights.total(account(hotkey), NetUid(netuid))
        return Fraction(int(total), 2**64)

    def bonds(self, netuid: int, validators: int, neurons: list[int]) -> list[list[Fraction]]:
        """The bonds of the first neurons on some others."""
        rows = [dict(self.get("Bonds", [netuid, uid])) for uid in range(validators)]
        return [[Fraction(row.get(uid, 0), 65535) for uid in neurons] for row in rows]

    def bond(self, netuid: int, validator: int, neuron: int) -> int:
        """One bond, over 65535."""
        return int(dict(self.get("Bonds", [netuid, validator])).get(neuron, 0))

    def dividends(self, netuid: int) -> list[Fraction]:
        """Every neuron's part of the dividends."""
        return [Fraction(part, 65535) for part in self.get("Dividends", [netuid])]

    def replaceable(self, netuid: int) -> int | None:
        """The neuron that a new one would replace."""
        uid = self.module.neuron_registry.replaceable(NetUid(netuid))
        return None if uid is None else int(uid)

    def childkey_take(self, hotkey: str, netuid: int) -> int:
        """What a hotkey keeps of its parents' dividends, over 65535."""
        return self.module.parentage.take(account(hotkey), NetUid(netuid))

    def shared(self, hotkey: str, netuid: int, dividend: int) -> list[list[Any]]:
        """How a hotkey's dividend is shared with its parents, by hotkey."""
        one, place = account(hotkey), NetUid(netuid)
        shares = share_with_parents(
            Alpha(dividend),
            self.module.distribution._as_child(one, place),
            self.module.distribution._parents(one, place),
            self.module.stake_weights.tao_weight,
            u96f32.zero,
        )
        return [
            [plain(type_of(AccountId), key), int(alpha)] for key, alpha in sorted(shares.payouts)
        ]

    def deferred(self, block: int) -> int:
        """How many subnets' epochs a block leaves to a later one."""
        added = self.module.networks.networks_added
        subnets = [place for place, _ in added.items() if place != ROOT]
        return len(self.module.block_step._deferred(subnets, block))

    def next_epoch(self, netuid: int) -> int | None:
        """The block of a subnet's next epoch."""
        return self.module.schedule.next_start(NetUid(netuid), self.system.number)

    def fields_left(self, who: str, netuid: int) -> int | None:
        """How many fields a commitment still has."""
        found = self.runtime.commitments.commitment_of[NetUid(netuid), account(who)]
        return None if found is None else len(found.info.fields)

    def waiting(self) -> list[str]:
        """Whose commitments have a field that opens later."""
        return [
            plain(type_of(AccountId), who) for _, who in self.runtime.commitments.timelocked_index
        ]

    def revealed(self, who: str, netuid: int) -> list[list[Any]]:
        """What opened, with its block."""
        found = self.runtime.commitments.revealed_commitments[NetUid(netuid), account(who)]
        return [[content.decode(), block] for content, block in found or ()]

    def leased_stake(self, lease_id: int, who: str) -> int:
        """A coldkey's alpha on a lease's hotkey."""
        lease = self.module.leases.subnet_leases[lease_id]
        assert lease is not None
        keys = lease.hotkey, account(who)
        return int(self.module.staking.pools.stake(*keys, lease.netuid))

    def pruned(self) -> int | None:
        """The subnet that would give way to a new one."""
        netuid = self.module.dissolution.candidate()
        return None if netuid is None else int(netuid)

    def epoch_due(self, netuid: int, block: int) -> bool:
        """Whether a subnet's epoch is due in a block."""
        return self.module.schedule.is_due(NetUid(netuid), block)

    def claimable(self, hotkey: str, netuid: int) -> Fraction | None:
        """What one unit of root stake on a hotkey may claim."""
        rates = dict(self.get("RootClaimable", [hotkey]))
        return rates.get(netuid)

    def locked(self, coldkey: str, netuid: int) -> int:
        """How much of a coldkey's alpha is locked now."""
        return int(self.module.staking.locks.locked(account(coldkey), NetUid(netuid)))

    def available(self, coldkey: str, netuid: int) -> int:
        """How much of a coldkey's alpha may leave."""
        return int(self.module.staking.locks.available(account(coldkey), NetUid(netuid)))

    def price(self, netuid: int) -> Fraction:
        """The price of a subnet's alpha."""
        return Fraction(int(self.swap.price(NetUid(netuid))), 2**64)
