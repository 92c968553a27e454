"""
Hotkeys that lend their stake: parents, their children, and what children take for it.

A relation is kept at both ends, `ChildKeys` of the parent and `ParentKeys` of the child, and no
hotkey is parent and child of the same one. New children wait out a cooldown, which is passed at an
epoch; before a subnet is started they are set at once.

Source: subtensor pallets/subtensor/src/staking/set_children.rs @ 14bc6f9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Origin, Signed, ensure_root, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.storage import BoundMap
from taonet.frame.weight import DatabaseUse, Weight, database_weight
from taonet.pallets.subtensor.errors import (
    ChildParentInconsistency,
    DuplicateChild,
    HotKeyNotRegisteredInSubNet,
    InvalidChild,
    InvalidChildkeyTake,
    NonAssociatedColdKey,
    NotEnoughStakeToSetChildkeys,
    ProportionOverflow,
    RegistrationNotPermittedOnRootSubnet,
    SubnetNotExists,
    TooManyChildren,
    TxChildkeyTakeRateLimitExceeded,
    TxRateLimitExceeded,
)
from taonet.pallets.subtensor.events.accounts import (
    AutoParentDelegationEnabledSet,
    ChildKeyTakeSet,
    SetChildren,
    SetChildrenScheduled,
)
from taonet.pallets.subtensor.events.parameters import (
    MaxChildKeyTakeSet,
    MinChildKeyTakeSet,
    TxChildKeyTakeRateLimitSet,
)
from taonet.pallets.subtensor.rate_limiter import Limited, RateLimiter
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import Children, Flag
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U64_MAX
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid
from taonet.scale.types import U16, U64

CHILDREN_MAX: Final = 5
ALL_STAKE: Final = U64_MAX
"""The proportion of a child that holds all of its parent's stake."""

_PARAMETER_WEIGHT = Weight(6_000, 0) + database_weight(reads=1, writes=1)

Relatives = tuple[tuple[int, AccountId], ...]


@dataclass(frozen=True)
class Relations:
    """A hotkey's children and parents in one subnet, with their proportions."""

    pivot: AccountId
    children: Mapping[AccountId, int]
    parents: Mapping[AccountId, int]

    def ensure_consistent(self) -> None:
        """
        Raises `InvalidChild` if the hotkey is its own relative, `ProportionOverflow` if the
        children hold more than all, `ChildParentInconsistency` if one is parent and child.
        """
        if self.pivot in self.children or self.pivot in self.parents:
            raise InvalidChild
        if sum(self.children.values()) > ALL_STAKE:
            raise ProportionOverflow
        if any(child in self.parents for child in self.children):
            raise ChildParentInconsistency

    def ensure_may_have(self, children: Relatives) -> None:
        """As `ensure_consistent` with other children, of which five are allowed."""
        by_account = {child: proportion for proportion, child in children}
        if self.pivot in by_account:
            raise InvalidChild
        if len(by_account) > CHILDREN_MAX:
            raise TooManyChildren
        replace(self, children=by_account).ensure_consistent()


class Parentage(Pallet, prefix="SubtensorModule"):
    """Sets children, now or later, and their takes."""

    def __init__(
        self, storage: Storage, system: System, staking: Staking, limiter: RateLimiter
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._family = storage.children
        self._system = system
        self._staking = staking
        self._hotkeys = staking.hotkeys
        self._limiter = limiter

    @call(index=67, weight=Weight(119_000_000, 0) + database_weight(reads=6, writes=31))
    def set_children(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, children: Children
    ) -> None:
        """
        Lend your hotkey's stake in a subnet to at most five others, each with its share of 2**64 -
        1. In force after a cooldown; an empty list takes it back.
        """
        coldkey = ensure_signed(origin)
        if not self._limiter.passes(Limited.SET_CHILDREN, hotkey, netuid):
            raise TxRateLimitExceeded
        if netuid == ROOT:
            raise RegistrationNotPermittedOnRootSubnet
        if not self._storage.networks.networks_added[netuid]:
            raise SubnetNotExists
        if not self._hotkeys.owned_by(hotkey, coldkey):
            raise NonAssociatedColdKey
        if len({child for _, child in children}) < len(children):
            raise DuplicateChild
        self._relations(hotkey, netuid).ensure_may_have(children)
        if children and not self._may_lend(hotkey, netuid):
            raise NotEnoughStakeToSetChildkeys
        self._limiter.record(Limited.SET_CHILDREN, hotkey, netuid)
        self._schedule(netuid, hotkey, children)

    @call(index=75, weight=Weight(53_870_000, 4498) + database_weight(reads=7, writes=2))
    def set_childkey_take(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, take: U16
    ) -> None:
        """Set what your hotkey takes as a child, in parts of 65535; raised not too often."""
        coldkey = ensure_signed(origin)
        if not self._hotkeys.owned_by(hotkey, coldkey):
            raise NonAssociatedColdKey
        if not self.smallest_take(netuid) <= take <= self._family.max_childkey_take:
            raise InvalidChildkeyTake
        raised = take > self.take(hotkey, netuid)
        if raised and not self._limiter.passes(Limited.SET_CHILDKEY_TAKE, hotkey, netuid):
            raise TxChildkeyTakeRateLimitExceeded
        self._limiter.record(Limited.SET_CHILDKEY_TAKE, hotkey, netuid)
        self._family.childkey_take[hotkey, netuid] = take
        self.deposit_event(ChildKeyTakeSet(hotkey, take))

    @call(index=69, weight=Weight(5_760_000, 0) + database_weight(writes=1))
    def sudo_set_tx_childkey_take_rate_limit(self, origin: Origin, tx_rate_limit: U64) -> None:
        """Set the blocks between two increases of a childkey take. Root only."""
        ensure_root(origin)
        self._storage.global_parameters.tx_childkey_take_rate_limit = tx_rate_limit
        self.deposit_event(TxChildKeyTakeRateLimitSet(tx_rate_limit))

    @call(index=76, weight=_PARAMETER_WEIGHT)
    def sudo_set_min_childkey_take(self, origin: Origin, take: U16) -> None:
        """Set the smallest childkey take, in parts of 65535. Root only."""
        ensure_root(origin)
        self._family.min_childkey_take = take
        self.deposit_event(MinChildKeyTakeSet(take))

    @call(index=77, weight=_PARAMETER_WEIGHT)
    def sudo_set_max_childkey_take(self, origin: Origin, take: U16) -> None:
        """Set the largest childkey take, in parts of 65535. Root only."""
        ensure_root(origin)
        self._family.max_childkey_take = take
        self.deposit_event(MaxChildKeyTakeSet(take))

    @call(index=109, weight=Weight(3_000_000, 0) + database_weight(writes=1))
    def set_pending_childkey_cooldown(self, origin: Origin, cooldown: U64) -> None:
        """Set the blocks before new children are in force. Root only."""
        ensure_root(origin)
        self._family.pending_child_key_cooldown = cooldown

    @call(index=135, weight=Weight(28_023_000, 4364) + database_weight(reads=2, writes=1))
    def set_auto_parent_delegation_enabled(
        self, origin: Origin, hotkey: AccountId, enabled: Flag
    ) -> None:
        """Choose whether your root validator's stake is lent to the owners of new subnets."""
        if not self._hotkeys.owned_by(hotkey, ensure_signed(origin)):
            raise NonAssociatedColdKey
        if (ROOT, hotkey) not in self._storage.neurons.uids:
            raise HotKeyNotRegisteredInSubNet
        self._family.auto_parent_delegation_enabled[hotkey] = enabled
        self.deposit_event(AutoParentDelegationEnabledSet(hotkey, enabled))

    def smallest_take(self, netuid: NetUid) -> int:
        """The smallest childkey take in a subnet, in parts of 65535."""
        own = self._storage.hyperparameters.min_childkey_take_per_subnet[netuid]
        return max(self._family.min_childkey_take, own)

    def take(self, hotkey: AccountId, netuid: NetUid) -> int:
        """What a hotkey takes as a child, in parts of 65535."""
        return max(self._family.childkey_take[hotkey, netuid], self.smallest_take(netuid))

    def apply_pending(self, netuid: NetUid) -> None:
        """Set the children whose cooldown has passed; called at each epoch."""
        started = self._storage.networks.subtoken_enabled[netuid]
        pending = self._family.pending_child_keys
        for (_, hotkey), (children, due) in list(pending.under(netuid)):
            if due < self._system.number or not started:
                self._apply(netuid, hotkey, children)
                del pending[netuid, hotkey]

    def lend_root_stake(self, netuid: NetUid) -> None:
        """
        Make the hotkey of a new subnet's owner the child of every root validator that allows it.
        A validator for which this is refused is passed over.
        """
        owner_hotkey = self._storage.networks.subnet_owner_hotkey[netuid]
        for _, validator in list(self._storage.neurons.keys.under(ROOT)):
            if validator == owner_hotkey:
                continue
            if not self._family.auto_parent_delegation_enabled[validator]:
                continue
            origin = Signed(self._hotkeys.owner(validator))
            try:
                with self.state.transaction():
                    self.set_children(origin, validator, netuid, ((ALL_STAKE, owner_hotkey),))
            except DispatchError:
                continue

    def swap(self, former: AccountId, hotkey: AccountId, netuid: NetUid, use: DatabaseUse) -> None:
        """
        Give `hotkey` all relations of `former`, pending ones too. Raises what `set_children` does
        for relations that would be inconsistent.
        """
        relations = self._relations(former, netuid)
        touched = len(relations.children) + len(relations.parents)
        use.count(reads=2 + touched, writes=touched + 2)
        for child in relations.children:
            _without(self._family.parent_keys, child, netuid, former)
        for parent in relations.parents:
            _without(self._family.child_keys, parent, netuid, former)
        del self._family.child_keys[former, netuid]
        del self._family.parent_keys[former, netuid]
        renamed = replace(relations, pivot=hotkey)
        if hotkey in relations.children or hotkey in relations.parents:
            raise InvalidChild
        pending = self._family.pending_child_keys
        if (netuid, former) in pending:
            renamed.ensure_may_have(pending[netuid, former][0])
            pending[netuid, hotkey] = pending[netuid, former]
            del pending[netuid, former]
            use.count(reads=1, writes=2)
        relatives = self._relatives_with(renamed, netuid)
        use.count(reads=1 + relatives, writes=1 + relatives)
        self._store(renamed, netuid)

    def _may_lend(self, hotkey: AccountId, netuid: NetUid) -> bool:
        networks = self._storage.networks
        if (
            netuid in networks.subnet_owner_hotkey
            and networks.subnet_owner_hotkey[netuid] == hotkey
        ):
            return True
        threshold = self._storage.global_parameters.stake_threshold
        return threshold == 0 or int(self._staking.total_of_hotkey(hotkey)) >= threshold

    def _schedule(self, netuid: NetUid, hotkey: AccountId, children: Relatives) -> None:
        if not self._storage.networks.subtoken_enabled[netuid]:
            self._apply(netuid, hotkey, children)
            return
        due = self._system.number + self._family.pending_child_key_cooldown
        self._family.pending_child_keys[netuid, hotkey] = (children, due)
        self.deposit_event(SetChildrenScheduled(hotkey, netuid, due, children))

    def _apply(self, netuid: NetUid, hotkey: AccountId, children: Relatives) -> None:
        """Set children unless they have become inconsistent with what was set since."""
        relations = Relations(
            hotkey,
            {child: proportion for proportion, child in children if child != hotkey},
            _others(self._family.parent_keys[hotkey, netuid], hotkey),
        )
        try:
            relations.ensure_consistent()
        except DispatchError:
            return
        self._store(relations, netuid)
        self.deposit_event(SetChildren(hotkey, netuid, children))

    def _relations(self, hotkey: AccountId, netuid: NetUid) -> Relations:
        relations = Relations(
            hotkey,
            _others(self._family.child_keys[hotkey, netuid], hotkey),
            _others(self._family.parent_keys[hotkey, netuid], hotkey),
        )
        relations.ensure_consistent()
        return relations

    def _relatives_with(self, relations: Relations, netuid: NetUid) -> int:
        """How many far ends change when `relations` are stored in place of what is there."""
        key = (relations.pivot, netuid)
        children = {child for _, child in self._family.child_keys[key]}
        parents = {parent for _, parent in self._family.parent_keys[key]}
        return len(children | set(relations.children)) + len(parents | set(relations.parents))

    def _store(self, relations: Relations, netuid: NetUid) -> None:
        """Write relations at both ends."""
        family, pivot = self._family, relations.pivot
        former = _others(family.child_keys[pivot, netuid], pivot)
        _put(family.child_keys, pivot, netuid, _relatives(relations.children))
        _link(family.parent_keys, netuid, pivot, former, relations.children)
        former = _others(family.parent_keys[pivot, netuid], pivot)
        _put(family.parent_keys, pivot, netuid, _relatives(relations.parents))
        _link(family.child_keys, netuid, pivot, former, relations.parents)


Edges = BoundMap[tuple[AccountId, NetUid], Relatives]


def _others(relatives: Relatives, hotkey: AccountId) -> dict[AccountId, int]:
    return {relative: proportion for proportion, relative in relatives if relative != hotkey}


def _relatives(by_account: Mapping[AccountId, int]) -> Relatives:
    return tuple((by_account[relative], relative) for relative in sorted(by_account))


def _put(edges: Edges, hotkey: AccountId, netuid: NetUid, relatives: Relatives) -> None:
    if relatives:
        edges[hotkey, netuid] = relatives
    else:
        del edges[hotkey, netuid]


def _link(
    edges: Edges,
    netuid: NetUid,
    pivot: AccountId,
    former: Mapping[AccountId, int],
    present: Mapping[AccountId, int],
) -> None:
    """Bring the far ends of the pivot's relations up to date."""
    for relative in sorted(present):
        _with(edges, relative, netuid, pivot, present[relative])
    for relative in sorted(former):
        if relative not in present:
            _without(edges, relative, netuid, pivot)


def _with(edges: Edges, owner: AccountId, netuid: NetUid, other: AccountId, share: int) -> None:
    relatives = edges[owner, netuid]
    if any(known == other for _, known in relatives):
        changed = tuple((share if known == other else p, known) for p, known in relatives)
    else:
        changed = (*relatives, (share, other))
    _put(edges, owner, netuid, changed)


def _without(edges: Edges, owner: AccountId, netuid: NetUid, other: AccountId) -> None:
    kept = tuple((p, known) for p, known in edges[owner, netuid] if known != other)
    _put(edges, owner, netuid, kept)
