"""
The author's side of encrypted transactions.

A wallet encrypts a signed transaction to the key that the chain announces and sends it inside
`MevShield.submit_encrypted`; nobody learns what it does before it stands in a block. The author
opens it and puts it right behind its carrier. A key serves as long as the process: what it opened
is public a moment later anyway.

Source: subtensor pallets/shield/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from Crypto.Cipher import ChaCha20_Poly1305
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from taonet.primitives.hashing import twox_128
from taonet.runtime.runtime import Runtime
from taonet.runtime.shielded_transaction import ShieldedTransaction

TAG_BYTES: Final = 16


class Shield:
    """One author's key: what is announced, and how to open what was encrypted to it."""

    def __init__(self, key: MLKEM768PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()
        self._hash = twox_128(self.public)

    @classmethod
    def generate(cls) -> "Shield":
        """A shield with a new random key."""
        return cls(MLKEM768PrivateKey.generate())

    def is_known_to(self, runtime: Runtime) -> bool:
        """Whether the chain announces this key alone, so that it need not be told again."""
        shield = runtime.mev_shield
        return {shield.next_key, shield.pending_key, shield.current_key} == {self.public}

    def open(self, shielded: ShieldedTransaction) -> bytes | None:
        """The signed transaction inside; None for another key's or what cannot be opened."""
        if shielded.key_hash != self._hash:
            return None
        body, tag = shielded.sealed[:-TAG_BYTES], shielded.sealed[-TAG_BYTES:]
        try:
            secret = self._key.decapsulate(shielded.encapsulated)
            cipher = ChaCha20_Poly1305.new(key=secret, nonce=shielded.nonce)
            return cipher.decrypt_and_verify(body, tag)
        except ValueError:
            return None
