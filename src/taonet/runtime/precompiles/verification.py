"""
Ed25519 (1026) and sr25519 (1027): whether a key signed a hash. The selector is not looked at.

Source: subtensor precompiles/src/{ed25519,sr25519}.rs @ 14bc6f9.
"""

from taonet.pallets.evm.machine.world import Native, NativeCall
from taonet.primitives.ids import AccountId
from taonet.primitives.signature import ED25519, SR25519, is_signature
from taonet.runtime.precompiles.contract import failed

_GAS = 6000
_INPUT_BYTES = 132


def _verifier(scheme: int) -> Native:
    def verify(call: NativeCall) -> bytes:
        call.gas.charge(_GAS)
        data = call.input
        if len(data) < _INPUT_BYTES:
            raise failed("input must contain 128 bytes")
        message, key, signature = data[4:36], AccountId(data[36:68]), data[68:132]
        return int(is_signature(scheme, signature, message, key)).to_bytes(32, "big")

    return verify


ed25519_verify = _verifier(ED25519)
sr25519_verify = _verifier(SR25519)
