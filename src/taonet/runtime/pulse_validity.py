"""
Which unsigned transactions of Drand may stand in a block.

Nobody pays for them, so one holds one pulse of a round that is not known yet, signed by whoever
brings it. Older rounds come first.

Source: subtensor pallets/drand/src/lib.rs `validate_unsigned` @ 14bc6f9.
"""

from typing import Final

import sr25519

from taonet.frame.call import Call
from taonet.frame.multi_address import MultiSignature, Sr25519
from taonet.pallets.drand.beacon import UNSIGNED_PRIORITY
from taonet.pallets.drand.payloads import (
    BeaconConfigurationPayload,
    MultiSigner,
    PulsesPayload,
    Sr25519Signer,
)
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.drand.verification import is_of_beacon
from taonet.primitives.bls12_381 import NotAPoint
from taonet.primitives.hashing import blake2_256
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid, ValidTransaction
from taonet.scale.codec import codec, encode_compact
from taonet.scale.types import byte_vec

TAG_PREFIX: Final = b"DrandOffchainWorker"
PULSE_LONGEVITY: Final = 3
CONFIG_LONGEVITY: Final = 1
PRIORITY_MAX: Final = 2**64 - 1


class PulseValidity:
    """Judges calls of Drand that nobody signed."""

    def __init__(self, known: Pulses) -> None:
        self._known = known

    def check(self, call: Call, number: int) -> ValidTransaction:
        """What the pool is told of a call for block `number`; else `TransactionInvalid`."""
        if call.spec.name not in ("write_pulse", "set_beacon_config"):
            raise TransactionInvalid(Invalid.CALL)
        payload, signature = call.arguments
        if signature is None:
            raise TransactionInvalid(Invalid.BAD_SIGNER)
        if not _is_signed(payload, signature):
            raise TransactionInvalid(Invalid.BAD_PROOF)
        if number < payload.block_number:
            raise TransactionInvalid(Invalid.FUTURE)
        if isinstance(payload, PulsesPayload):
            return self._check_pulses(payload, number)
        return self._check_config(payload)

    def check_beacon(self, call: Call) -> None:
        """
        Raise `TransactionInvalid` unless the beacon signed what a checked call brings.

        A pool asks this, a block does not: there a pulse of nobody's is passed over, as on the real
        chain, where strangers may fill blocks with such pulses at no cost.
        """
        payload, _ = call.arguments
        if isinstance(payload, PulsesPayload):
            try:
                signed = is_of_beacon(payload.pulses[0], self._known.beacon_config)
            except NotAPoint as error:
                raise TransactionInvalid(Invalid.BAD_PROOF) from error
            if not signed:
                raise TransactionInvalid(Invalid.BAD_PROOF)

    def _check_pulses(self, payload: PulsesPayload, number: int) -> ValidTransaction:
        if len(payload.pulses) != 1:
            raise TransactionInvalid(Invalid.CALL)
        round_ = payload.pulses[0].round_
        if self._known.next_unsigned_at > number or round_ <= self._known.last_stored_round:
            raise TransactionInvalid(Invalid.STALE)
        return ValidTransaction(
            priority=min(UNSIGNED_PRIORITY + PRIORITY_MAX - round_, PRIORITY_MAX),
            requires=(),
            provides=(_tag(b"drand" + round_.to_bytes(8, "little")),),
            longevity=PULSE_LONGEVITY,
            propagate=False,
        )

    def _check_config(self, payload: BeaconConfigurationPayload) -> ValidTransaction:
        next_at = self._known.next_unsigned_at
        if next_at > payload.block_number:
            raise TransactionInvalid(Invalid.STALE)
        public = codec(byte_vec).encode(codec(MultiSigner).encode(payload.public))
        return ValidTransaction(
            priority=UNSIGNED_PRIORITY,
            requires=(),
            provides=(_tag(next_at.to_bytes(4, "little") + public),),
            longevity=CONFIG_LONGEVITY,
            propagate=True,
        )


def _tag(what: bytes) -> bytes:
    return encode_compact(len(TAG_PREFIX)) + TAG_PREFIX + blake2_256(what)


def _is_signed(
    payload: PulsesPayload | BeaconConfigurationPayload, signature: MultiSignature
) -> bool:
    """Whether the payload's own key signed it; only sr25519 keys may."""
    if not isinstance(payload.public, Sr25519Signer) or not isinstance(signature, Sr25519):
        return False
    encoded = codec(type(payload)).encode(payload)
    try:
        return bool(sr25519.verify(signature._0, encoded, payload.public._0))
    except ValueError:
        # Bytes that are no point of the curve.
        return False
