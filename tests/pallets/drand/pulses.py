"""Pulses and who brings them, in tests."""

from hashlib import sha256

import bittensor_core

from taonet.frame.call import RUNTIME_CALL
from taonet.frame.multi_address import Sr25519
from taonet.pallets.drand.payloads import Pulse, PulsesPayload, Sr25519Signer
from taonet.runtime.extrinsic import Extrinsic, decode_extrinsic, encode_bare
from taonet.scale.codec import codec
from tests.primitives.bls12_381 import quicknet
from tests.runtime.chain import ALICE, Chain, call_of


def pulse_of(round_: int, signature: bytes) -> Pulse:
    """A pulse whose randomness is the hash of its signature."""
    return Pulse(round_, sha256(signature).digest(), signature)


def recorded(round_: int) -> Pulse:
    """A pulse of quicknet."""
    return pulse_of(round_, quicknet.SIGNATURES[round_])


def own(round_: int) -> Pulse:
    """A pulse of the tests' own beacon."""
    return pulse_of(round_, quicknet.own_signature(round_))


def sealed(content: bytes, round_: int = 1000) -> bytes:
    """What wallets seal to a round of quicknet, as they send it."""
    envelope, _ = bittensor_core.encrypt_at_round(content, round_)
    return bytes(bittensor_core.inner_ciphertext(envelope))


def bringing(
    chain: Chain, *pulses: Pulse, block: int | None = None, signature: bytes | None = None
) -> Extrinsic:
    """The unsigned transaction with which Alice's node brings pulses."""
    number = len(chain.hashes) - 1 if block is None else block
    payload = PulsesPayload(number, pulses, Sr25519Signer(ALICE.account))
    if signature is None:
        signature = bytes(ALICE.pair.sign(codec(PulsesPayload).encode(payload)))
    call = call_of("Drand", "write_pulse", payload, Sr25519(signature))
    raw = encode_bare(chain.runtime.codecs.of(RUNTIME_CALL).encode(call))
    return decode_extrinsic(chain.runtime.codecs, raw)
