"""
Drand: how pulses come to the chain, and how long they stay.

A node that finds a pulse brings it in an unsigned transaction, whose payload it signs with any
key: the beacon's own signature is what counts, and it is checked when the call runs.

Source: subtensor pallets/drand/src/lib.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.dispatch_error import ModuleError
from taonet.frame.multi_address import MultiSignature
from taonet.frame.origin import Origin, ensure_none, ensure_root
from taonet.frame.pallet import Constant, Event, Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.drand.payloads import BeaconConfigurationPayload, Pulse, PulsesPayload
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.drand.verification import is_of_beacon
from taonet.pallets.system import System
from taonet.primitives.bls12_381 import NotAPoint
from taonet.scale.types import U64, option, u64, vec

PULSES_KEPT_MAX: Final = 216_000
"""Rounds of a week and half a day."""

PULSES_REMOVED_MAX: Final = 100
"""Old pulses that one call drops at most."""

UNSIGNED_PRIORITY: Final = 1 << 20
HTTP_FETCH_TIMEOUT_MS: Final = 1_000
BLOCK_MAX: Final = 2**32 - 1

Signature = Annotated[MultiSignature | None, option(MultiSignature)]
Rounds = Annotated[tuple[int, ...], vec(u64)]


class BeaconConfigChanged(Event, index=0):
    """Pulses are taken of another beacon."""


class NewPulse(Event, index=1):
    """The chain knows the pulses of further rounds."""

    rounds: Rounds


class SetOldestStoredRound(Event, index=2):
    """The oldest known round was set."""

    _0: U64


class NoneValue(ModuleError, index=0):
    """No value was set before."""


class StorageOverflow(ModuleError, index=1):
    """A stored number would be too large."""


class DrandConnectionFailure(ModuleError, index=2):
    """The beacon cannot be reached."""


class UnverifiedPulse(ModuleError, index=3):
    """The pulse is not the beacon's."""


class InvalidRoundNumber(ModuleError, index=4):
    """The round is not after the newest one that is known."""


class PulseVerificationError(ModuleError, index=5):
    """The pulse has no signature, or the beacon no key, that could be checked."""


class Drand(Pallet, prefix="Drand"):
    """Takes pulses, and forgets old ones."""

    events = (BeaconConfigChanged, NewPulse, SetOldestStoredRound)
    errors = (
        NoneValue,
        StorageOverflow,
        DrandConnectionFailure,
        UnverifiedPulse,
        InvalidRoundNumber,
        PulseVerificationError,
    )

    unsigned_priority = Constant(
        u64, UNSIGNED_PRIORITY, doc="The least priority of a transaction that brings a pulse."
    )
    http_fetch_timeout = Constant(
        u64, HTTP_FETCH_TIMEOUT_MS, doc="Milliseconds that a node waits for the beacon's answer."
    )

    def __init__(self, system: System) -> None:
        super().__init__(system.state)
        self._system = system
        self._known = Pulses(system.state)

    @call(index=0, weight=Weight(4_294_000_000, 0) + database_weight(reads=3, writes=4))
    def write_pulse(
        self,
        origin: Origin,
        pulses_payload: PulsesPayload,
        signature: Signature,  # noqa: ARG002
    ) -> None:
        """
        Bring pulses of the beacon, each of a later round than the one before.

        Nodes do so, without a fee. A pulse that the beacon did not sign is passed over.
        """
        ensure_none(origin)
        known = self._known
        last, is_first = known.last_stored_round, self._is_empty()
        rounds: list[int] = []
        for pulse in pulses_payload.pulses:
            if not self._is_verified(pulse):
                continue
            if pulse.round_ <= last:
                raise InvalidRoundNumber
            known.pulses[pulse.round_] = pulse
            last = pulse.round_
            rounds.append(last)
        known.last_stored_round = last
        if is_first and rounds:
            known.oldest_stored_round = rounds[0]
        self._forget_old(last)
        known.next_unsigned_at = self._system.number
        if rounds:
            self.deposit_event(NewPulse(rounds=tuple(rounds)))

    @call(index=1, weight=Weight(8_766_000, 0) + database_weight(writes=2))
    def set_beacon_config(
        self,
        origin: Origin,
        config_payload: BeaconConfigurationPayload,
        signature: Signature,  # noqa: ARG002
    ) -> None:
        """Take pulses of another beacon; root only."""
        ensure_root(origin)
        self._known.beacon_config = config_payload.config
        self._known.next_unsigned_at = min(self._system.number + 1, BLOCK_MAX)
        self.deposit_event(BeaconConfigChanged())

    @call(index=2, weight=Weight(5_370_000, 0) + database_weight(writes=1))
    def set_oldest_stored_round(self, origin: Origin, oldest_round: U64) -> None:
        """Set which round is the oldest one that is known; root only."""
        ensure_root(origin)
        self._known.oldest_stored_round = oldest_round
        self.deposit_event(SetOldestStoredRound(oldest_round))

    def _is_empty(self) -> bool:
        return not self._known.last_stored_round and not self._known.oldest_stored_round

    def _is_verified(self, pulse: Pulse) -> bool:
        try:
            return is_of_beacon(pulse, self._known.beacon_config)
        except NotAPoint as error:
            raise PulseVerificationError from error

    def _forget_old(self, last: int) -> None:
        oldest = self._known.oldest_stored_round
        if not oldest:
            return
        surplus = last - oldest + 1 - PULSES_KEPT_MAX
        end = oldest + max(0, min(surplus, PULSES_REMOVED_MAX))
        for round_ in range(oldest, end):
            del self._known.pulses[round_]
        self._known.oldest_stored_round = end
