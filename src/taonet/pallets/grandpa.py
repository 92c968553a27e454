"""
Grandpa: the authorities that finalise, as clients read them.

Finality is the engine's: a block is final when it is committed. Root can change what the chain
says of its finalisers. Equivocations cannot be reported: the proof of who owns a key is a type
without a value, as on the real chain, so that no bytes are such a call.

Source: polkadot-sdk substrate/frame/grandpa.
"""

from typing import Annotated

from taonet.frame.dispatch_error import Exhausted, ModuleError
from taonet.frame.origin import Origin, ensure_none, ensure_root, ensure_signed
from taonet.frame.pallet import Constant, Event, Pallet, call
from taonet.frame.storage import OptionMap, OptionValue, StorageValue, twox_64_concat
from taonet.frame.weight import DispatchClass, Weight, database_weight
from taonet.primitives.ids import H256, FixedBytes
from taonet.scale.types import (
    U32,
    U64,
    Struct,
    TaggedUnion,
    pair,
    u32,
    u64,
    vec,
)

AUTHORITIES_MAX = 32

FORCED_CHANGE_FACTOR = 2
"""After a forced change, so many times its delay must pass before the next one."""

BLOCK_MAX = 2**32 - 1


class GrandpaId(FixedBytes):
    """A finaliser's ed25519 key."""

    length = 32
    scale_path = ("sp_consensus_grandpa", "app", "Public")
    __slots__ = ()


class GrandpaSignature(FixedBytes):
    """What a finaliser signs a vote with."""

    length = 64
    scale_path = ("sp_consensus_grandpa", "app", "Signature")
    __slots__ = ()


AUTHORITY = pair(GrandpaId, u64)
Authorities = Annotated[tuple[tuple[GrandpaId, int], ...], vec(AUTHORITY)]


class StoredPendingChange(Struct, path="pallet_grandpa::StoredPendingChange"):
    """A change of authorities that waits."""

    scheduled_at: U32
    delay: U32
    next_authorities: Annotated[tuple[tuple[GrandpaId, int], ...], vec(AUTHORITY, AUTHORITIES_MAX)]
    forced: Annotated[int, u32] | None


class StoredState(TaggedUnion, path="pallet_grandpa::StoredState"):
    """Whether finality runs."""


class Live(StoredState, index=0):
    """It runs."""


class PendingPause(StoredState, index=1):
    """It will pause."""

    scheduled_at: U32
    delay: U32


class PausedState(StoredState, index=2, name="Paused"):
    """It is paused."""


class PendingResume(StoredState, index=3):
    """It will resume."""

    scheduled_at: U32
    delay: U32


class Prevote(Struct, path="finality_grandpa::Prevote", parameters={"H": H256, "N": u32}):
    """A vote of the first round for a block and all before it."""

    target_hash: H256
    target_number: U32


class Precommit(Struct, path="finality_grandpa::Precommit", parameters={"H": H256, "N": u32}):
    """A vote of the second round for a block and all before it."""

    target_hash: H256
    target_number: U32


class PrevoteEquivocation(
    Struct,
    path="finality_grandpa::Equivocation",
    parameters={"Id": GrandpaId, "V": Prevote, "S": GrandpaSignature},
):
    """Two prevotes of one finaliser in one round."""

    round_number: U64
    identity: GrandpaId
    first: Annotated[tuple[Prevote, GrandpaSignature], pair(Prevote, GrandpaSignature)]
    second: Annotated[tuple[Prevote, GrandpaSignature], pair(Prevote, GrandpaSignature)]


class PrecommitEquivocation(
    Struct,
    path="finality_grandpa::Equivocation",
    parameters={"Id": GrandpaId, "V": Precommit, "S": GrandpaSignature},
):
    """Two precommits of one finaliser in one round."""

    round_number: U64
    identity: GrandpaId
    first: Annotated[tuple[Precommit, GrandpaSignature], pair(Precommit, GrandpaSignature)]
    second: Annotated[tuple[Precommit, GrandpaSignature], pair(Precommit, GrandpaSignature)]


class Equivocation(
    TaggedUnion, path="sp_consensus_grandpa::Equivocation", parameters={"H": H256, "N": u32}
):
    """Two votes of one finaliser that cannot both be honest."""


class PrevotedTwice(Equivocation, index=0, name="Prevote"):
    """In the first round."""

    _0: PrevoteEquivocation


class PrecommittedTwice(Equivocation, index=1, name="Precommit"):
    """In the second round."""

    _0: PrecommitEquivocation


class EquivocationProof(
    Struct,
    path="sp_consensus_grandpa::EquivocationProof",
    parameters={"H": H256, "N": u32},
):
    """An equivocation, and the set of finalisers that it happened in."""

    set_id: U64
    equivocation: Equivocation


class Void(TaggedUnion, path="sp_core::Void"):
    """A type that has no value."""


class NewAuthorities(Event, index=0):
    """New authority set has been applied."""

    authority_set: Authorities


class Paused(Event, index=1):
    """Current authority set has been paused."""


class Resumed(Event, index=2):
    """Current authority set has been resumed."""


class PauseFailed(ModuleError, index=0):
    """Attempt to signal GRANDPA pause when the authority set isn't live."""


class ResumeFailed(ModuleError, index=1):
    """Attempt to signal GRANDPA resume when the authority set isn't paused."""


class ChangePending(ModuleError, index=2):
    """Attempt to signal GRANDPA change with one already pending."""


class TooSoon(ModuleError, index=3):
    """Cannot signal forced change so soon after last."""


class InvalidKeyOwnershipProof(ModuleError, index=4):
    """A key ownership proof provided as part of an equivocation report is invalid."""


class InvalidEquivocationProof(ModuleError, index=5):
    """An equivocation proof provided as part of an equivocation report is invalid."""


class DuplicateOffenceReport(ModuleError, index=6):
    """A given equivocation report is valid but already previously reported."""


class Grandpa(Pallet, prefix="Grandpa"):
    events = (NewAuthorities, Paused, Resumed)
    errors = (
        PauseFailed,
        ResumeFailed,
        ChangePending,
        TooSoon,
        InvalidKeyOwnershipProof,
        InvalidEquivocationProof,
        DuplicateOffenceReport,
    )

    max_authorities = Constant(u32, AUTHORITIES_MAX, doc="The most authorities there can be.")
    max_nominators = Constant(u32, 20, doc="The most nominators a validator can have.")
    max_set_id_session_entries = Constant(
        u64, 0, doc="How many past sets are remembered; none, as equivocations are not reported."
    )

    state_ = StorageValue(
        StoredState, default=Live(), doc="State of the current authority set.", name="State"
    )
    pending_change = OptionValue(StoredPendingChange, doc="Pending change: (signalled at, …).")
    next_forced = OptionValue(u32, doc="Next block number where a forced change can happen.")
    stalled = OptionValue(pair(u32, u32), doc="`true` if finality is currently stalled.")
    current_set_id = StorageValue(
        u64, default=0, doc="The number of changes of the authorities since genesis."
    )
    set_id_session = OptionMap(
        twox_64_concat(u64), value=u32, doc="From a set's number to the session it was active in."
    )
    authorities = StorageValue(
        vec(AUTHORITY, AUTHORITIES_MAX), default=(), doc="The current authorities and weights."
    )

    def schedule_change(
        self,
        next_authorities: tuple[tuple[GrandpaId, int], ...],
        in_blocks: int,
        *,
        now: int,
        forced: int | None,
    ) -> None:
        """
        Change the authorities at the end of block `now + in_blocks`. Raises `ChangePending` while
        another change waits, `TooSoon` for a forced one that follows another too closely, and
        `Exhausted` for more authorities than there can be.
        """
        if len(next_authorities) > AUTHORITIES_MAX:
            raise Exhausted
        if self.pending_change is not None:
            raise ChangePending
        if forced is not None:
            if self.next_forced is not None and self.next_forced > now:
                raise TooSoon
            self.next_forced = min(now + in_blocks * FORCED_CHANGE_FACTOR, BLOCK_MAX)
        self.pending_change = StoredPendingChange(now, in_blocks, next_authorities, forced)

    def on_finalize(self, number: int) -> None:
        """Change the authorities if it is time."""
        change = self.pending_change
        if change is not None and number == change.scheduled_at + change.delay:
            self.authorities = change.next_authorities
            self.deposit_event(NewAuthorities(authority_set=change.next_authorities))
            self.pending_change = None

    @call(index=0, weight=Weight(0, 0))
    def report_equivocation(
        self,
        origin: Origin,
        equivocation_proof: EquivocationProof,  # noqa: ARG002
        key_owner_proof: Void,  # noqa: ARG002
    ) -> None:
        """Report two votes of one finaliser in one round. No such call can be made on this chain:
        there is no proof of who owns a finaliser's key."""
        ensure_signed(origin)
        raise InvalidKeyOwnershipProof

    @call(index=1, weight=Weight(0, 0))
    def report_equivocation_unsigned(
        self,
        origin: Origin,
        equivocation_proof: EquivocationProof,  # noqa: ARG002
        key_owner_proof: Void,  # noqa: ARG002
    ) -> None:
        """Report two votes of one finaliser in one round, as an author of blocks. No such call can
        be made on this chain: there is no proof of who owns a finaliser's key."""
        ensure_none(origin)
        raise InvalidKeyOwnershipProof

    @call(
        index=2,
        weight=Weight(3_000_000, 0) + database_weight(writes=1),
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def note_stalled(self, origin: Origin, delay: U32, best_finalized_block_number: U32) -> None:
        """Note that finality stalled; only root can call this."""
        ensure_root(origin)
        self.stalled = (delay, best_finalized_block_number)
