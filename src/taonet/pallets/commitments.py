"""
Commitments: what a neuron publishes about itself in a subnet, at no fee and within an allowance.

A ciphertext stays until the drand round it names is known to the chain; then the first step of the
next block puts what was sealed in its place.

Source: subtensor pallets/commitments/src/lib.rs, runtime/src/lib.rs `ResetBondsOnCommit`
@ 14bc6f9.
"""

from dataclasses import replace
from typing import Final

from taonet.frame.dispatch_error import ModuleError
from taonet.frame.origin import Origin, ensure_root, ensure_signed
from taonet.frame.pallet import Constant, Event, Pallet, call
from taonet.frame.storage import OptionMap, StorageValue, identity, twox_64_concat
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.commitment_data import (
    FIELDS_MAX,
    CommitmentInfo,
    Data,
    Registration,
    ResetBondsFlag,
    TimelockEncrypted,
    UsageTracker,
)
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.drand.timelock import open_sealed
from taonet.pallets.subtensor import packed_vectors
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U16_MAX
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao, Uid
from taonet.scale.types import U32, U64, SetType, Type, pair, type_of, u32, u64, vec

SPACE_MIN: Final = 100
"""Bytes that the smallest commitment counts for."""

SPACE_PER_EPOCH: Final = 3_100
"""Bytes that a hotkey may commit in an epoch, until root says otherwise."""

REVEALED_MAX: Final = 10
"""What opened last of one hotkey in a subnet; older ones are dropped."""

TIMELOCKED: Final[Type[tuple[tuple[NetUid, AccountId], ...]]] = SetType(pair(NetUid, AccountId))


class Commitment(Event, index=0):
    """A commitment was set."""

    netuid: NetUid
    who: AccountId


class TimelockCommitment(Event, index=1):
    """A commitment that opens later was set."""

    netuid: NetUid
    who: AccountId
    reveal_round: U64


class CommitmentRevealed(Event, index=2):
    """A commitment opened."""

    netuid: NetUid
    who: AccountId


class TooManyFieldsInCommitmentInfo(ModuleError, index=0):
    """The commitment has too many fields."""


class AccountNotAllowedCommit(ModuleError, index=1):
    """The account is not a neuron of the subnet."""


class SpaceLimitExceeded(ModuleError, index=2):
    """The hotkey has committed too many bytes in this epoch."""


class UnexpectedUnreserveLeftover(ModuleError, index=3):
    """A deposit could not be given back."""


class Commitments(Pallet, prefix="Commitments"):
    events = (Commitment, TimelockCommitment, CommitmentRevealed)
    errors = (
        TooManyFieldsInCommitmentInfo,
        AccountNotAllowedCommit,
        SpaceLimitExceeded,
        UnexpectedUnreserveLeftover,
    )

    max_fields = Constant(u32, FIELDS_MAX, doc="The fields that a commitment may have.")
    initial_deposit = Constant(Rao, Rao(0), doc="What a commitment costs while it stands.")
    field_deposit = Constant(Rao, Rao(0), doc="What each field costs while it stands.")

    timelocked_index = StorageValue(
        TIMELOCKED,
        default=(),
        doc="Commitments that have a field that opens later.",
    )
    commitment_of = OptionMap(
        identity(NetUid),
        twox_64_concat(AccountId),
        value=Registration,
        doc="A hotkey's commitment in a subnet.",
    )
    last_commitment = OptionMap(
        identity(NetUid),
        twox_64_concat(AccountId),
        value=u32,
        doc="Block of a hotkey's last commitment in a subnet.",
    )
    last_bonds_reset = OptionMap(
        identity(NetUid),
        twox_64_concat(AccountId),
        value=u32,
        doc="Block in which a hotkey last asked for its bonds to start anew.",
    )
    revealed_commitments = OptionMap(
        identity(NetUid),
        twox_64_concat(AccountId),
        value=vec(pair(type_of(bytes), u64)),
        doc="What opened, with the block it opened in.",
    )
    used_space_of = OptionMap(
        identity(NetUid),
        twox_64_concat(AccountId),
        value=UsageTracker,
        doc="Bytes that a hotkey committed in an epoch.",
    )
    max_space = StorageValue(
        u32, default=SPACE_PER_EPOCH, doc="Bytes that a hotkey may commit in an epoch."
    )

    def __init__(self, system: System, subtensor: Subtensor) -> None:
        super().__init__(system.state)
        self._system = system
        self._subtensor = subtensor
        self._known = Pulses(system.state)
        subtensor.dissolution.listeners.append(self.forget_subnet)

    def on_initialize(self, number: int) -> Weight:
        """Open what was sealed to rounds that are known by now."""
        weight = database_weight(reads=1)
        index = self.timelocked_index
        kept = []
        for netuid, who in index:
            cost, waits = self._open(netuid, who, number)
            weight += cost
            if waits:
                kept.append((netuid, who))
        if len(kept) != len(index):
            self.timelocked_index = tuple(kept)
        return weight

    @call(index=0, weight=Weight(33_480_000, 0) + database_weight(reads=5, writes=4), pays=Pays.NO)
    def set_commitment(self, origin: Origin, netuid: NetUid, info: CommitmentInfo) -> None:
        """Set the commitment of a neuron."""
        who = ensure_signed(origin)
        if not self._subtensor.neuron_registry.is_registered(netuid, who):
            raise AccountNotAllowedCommit
        block = self._system.number
        self._use_space(netuid, who, max(sum(field.space for field in info.fields), SPACE_MIN))
        if any(isinstance(field, ResetBondsFlag) for field in info.fields):
            self.last_bonds_reset[netuid, who] = block
            self._reset_bonds(netuid, who)
        self.commitment_of[netuid, who] = Registration(Rao(0), block, info)
        self.last_commitment[netuid, who] = block
        self._announce(netuid, who, info)

    @call(index=2, weight=Weight(2_856_000, 0) + database_weight(writes=1))
    def set_max_space(self, origin: Origin, new_limit: U32) -> None:
        """Set how many bytes a hotkey may commit in an epoch."""
        ensure_root(origin)
        self.max_space = new_limit

    def forget_subnet(self, netuid: NetUid) -> None:
        """Drop what was committed in a subnet that ends."""
        for items in (
            self.commitment_of,
            self.last_commitment,
            self.last_bonds_reset,
            self.revealed_commitments,
            self.used_space_of,
        ):
            items.clear(netuid)
        self.timelocked_index = tuple(k for k in self.timelocked_index if k[0] != netuid)

    def _open(self, netuid: NetUid, who: AccountId, number: int) -> tuple[Weight, bool]:
        """Open a commitment's fields; the cost, and whether one of them still waits."""
        registration = self.commitment_of[netuid, who]
        weight, unlist = database_weight(reads=1), database_weight(reads=1, writes=1)
        if registration is None:
            return weight + unlist, False
        fields = registration.info.fields
        sealed = [field for field in fields if isinstance(field, TimelockEncrypted)]
        weight += database_weight(reads=len(sealed))
        if not sealed:
            return weight + unlist, False
        remaining, opened = self._opened(fields)
        if len(remaining) == len(fields):
            return weight, True
        if opened:
            self._publish(netuid, who, opened, number)
            weight += database_weight(reads=1, writes=1)
        info = CommitmentInfo(remaining)
        self.commitment_of[netuid, who] = replace(registration, info=info) if remaining else None
        waits = any(isinstance(field, TimelockEncrypted) for field in remaining)
        weight += database_weight(writes=1)
        return (weight, True) if waits else (weight + unlist, False)

    def _opened(self, fields: tuple[Data, ...]) -> tuple[tuple[Data, ...], list[bytes]]:
        """The fields that stay, and what was sealed; what cannot be opened is in neither."""
        remaining: list[Data] = []
        opened: list[bytes] = []
        for field in fields:
            pulse = None
            if isinstance(field, TimelockEncrypted):
                pulse = self._known.pulses[field.reveal_round]
            if pulse is None or not isinstance(field, TimelockEncrypted):
                remaining.append(field)
                continue
            content = open_sealed(field.encrypted, pulse)
            if content:
                opened.append(content)
        return tuple(remaining), opened

    def _publish(self, netuid: NetUid, who: AccountId, opened: list[bytes], number: int) -> None:
        before = self.revealed_commitments[netuid, who] or ()
        revealed = (*before, *((content, number) for content in opened))
        self.revealed_commitments[netuid, who] = revealed[-REVEALED_MAX:]
        for _ in opened:
            self.deposit_event(CommitmentRevealed(netuid=netuid, who=who))

    def _use_space(self, netuid: NetUid, who: AccountId, space: int) -> None:
        epoch = self._subtensor.epochs.subnet_epoch_index[netuid]
        usage = self.used_space_of[netuid, who]
        used = usage.used_space if usage is not None and usage.last_epoch == epoch else 0
        if used + space > self.max_space:
            raise SpaceLimitExceeded
        self.used_space_of[netuid, who] = UsageTracker(epoch, used + space)

    def _announce(self, netuid: NetUid, who: AccountId, info: CommitmentInfo) -> None:
        sealed = next((f for f in info.fields if isinstance(f, TimelockEncrypted)), None)
        index: set[tuple[NetUid, AccountId]] = set(self.timelocked_index)
        if sealed is None:
            index.discard((netuid, who))
            self.deposit_event(Commitment(netuid=netuid, who=who))
        else:
            index.add((netuid, who))
            event = TimelockCommitment(netuid=netuid, who=who, reveal_round=sealed.reveal_round)
            self.deposit_event(event)
        self.timelocked_index = tuple(sorted(index))

    def _reset_bonds(self, netuid: NetUid, who: AccountId) -> None:
        """Drop everyone's bonds to a neuron, if the subnet allows it."""
        if not self._subtensor.hyperparameters.bonds_reset_on[netuid]:
            return
        uid = self._subtensor.neuron_registry.uid(netuid, who)
        bonds = self._subtensor.weights.bonds
        for index in self._subtensor.mechanisms.indices(netuid):
            for key, row in list(bonds.under(index)):
                bonds[key] = _without(row, uid)


def _without(row: bytes, uid: Uid) -> bytes:
    """Pairs of a uid and a value, without those of one uid."""
    pairs = packed_vectors.items(row, packed_vectors.PAIR)
    kept = [entry for entry in pairs if entry & U16_MAX != int(uid)]
    return packed_vectors.pack(kept, packed_vectors.PAIR)
