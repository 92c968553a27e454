"""
What can be read of a chain that a table is played on, by names on the wire.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from typing import Any
from unittest.mock import patch

from taonet.economy.block_emission import block_emission
from taonet.economy.dividends import share_with_parents
from taonet.economy.subnet_emission import root_sells
from taonet.frame.config import RuntimeConfig
from taonet.frame.origin import Signed
from taonet.frame.overlay import EmptyState
from taonet.frame.pallet import Pallet
from taonet.frame.state import State
from taonet.frame.storage import StorageItem
from taonet.pallets.aura import Aura
from taonet.pallets.transaction_payment import fee_of
from taonet.primitives.fixed_point import u96f32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao
from taonet.runtime.call_filter import allows
from taonet.runtime.fee_payment import FeePayment
from taonet.runtime.runtime import Runtime
from taonet.scale.types import fields_of, type_of
from tests.conformance.table_values import PALLET, account, named_call, plain, typed

AUTHOR = account("@author")


class Readings:
    """A chain without genesis, and what a table may read of it."""

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

    def _views(self) -> Iterator[Pallet]:
        """All pallets, and what some of them keep their storage in."""
        for pallet in self.runtime.pallets:
            yield from (held for held in vars(pallet).values() if isinstance(held, Pallet))
            yield pallet

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

    def commits_left(self, hotkey: str, netuid: int) -> int:
        """How many commits of weights a hotkey has not revealed."""
        return len(self.get("WeightCommits", [netuid, hotkey]) or ())

    def incentive_of(self, hotkey: str, netuid: int) -> Fraction:
        """A neuron's part of what miners earn."""
        uid = self.get("Uids", [netuid, hotkey])
        return Fraction(self.get("Incentive", [netuid])[uid], 65535)

    def alpha_emission(self, netuid: int) -> int:
        """The alpha that a block gives a subnet for what is issued of it."""
        subnet = self.module.coinbase._subnet(NetUid(netuid))
        return int(block_emission(Rao(int(subnet.alpha_issuance()))))

    def receivers(self) -> list[int]:
        """The subnets that TAO is emitted to."""
        return [int(netuid) for netuid in self.module.coinbase.receivers()]

    def root_sells(self) -> bool:
        """Whether the root's part is sold."""
        coinbase = self.module.coinbase
        return root_sells([coinbase._subnet(netuid) for netuid in coinbase.receivers()])

    def root_part(self, netuid: int) -> Fraction:
        """The root's part in a subnet."""
        coinbase = self.module.coinbase
        issued = coinbase._subnet(NetUid(netuid)).alpha_issuance()
        return Fraction(int(coinbase._root().proportion(issued)), 2**32)

    def can_pay(self, who: str, name: str, *arguments: Any) -> bool:
        """Whether an account can pay for a call, in TAO or in alpha."""
        call, payer = named_call(name, *arguments), account(who)
        info, fee = self.system.account[payer], fee_of(0, call.info(), Rao(0))
        return FeePayment(self.runtime).can_pay(payer, info, call, fee)

    def issued(self) -> list[int]:
        """The TAO that there is: what balances know of, and what the issuance says."""
        return [int(self.balances.total_issuance), int(self.module.emission.total_issuance)]

    def burned(self) -> int:
        """What lies where TAO is burned."""
        return int(self.balances.free(self.module.constants.burn_account_id.account()))

    def allowed(self, name: str, *arguments: Any) -> bool:
        """Whether the chain's filter lets anyone make a call."""
        return allows(named_call(name, *arguments), Signed(AUTHOR))

    def consistent(self, netuid: int) -> bool:
        """Whether no hotkey of a subnet has two uids."""
        return self.module.epoch_runner.has_consistent_keys(NetUid(netuid))

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
