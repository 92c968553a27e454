"""
The author's side of encrypted transactions: its keys, and how it opens what they encrypt.

A wallet encrypts a signed transaction to the key that the chain offers and sends it inside
`MevShield.submit_encrypted`; nobody learns what it does before it stands in a block. The key of
each block follows from its number and one secret of 32 bytes, so that a node which starts again, or
takes blocks back, still has every key that its chain offers. The secret stays in the chain's
folder; a chain in memory forgets it with everything else. A chain that was brought here without its
secret offers keys of no use until each of its authorities has had a turn.

The real chain's author opens a carrier only in the block that its key was announced for. Here every
block may use the keys of the last `KEYS_KEPT` blocks: no carrier outlives them, and none waits.

Source: subtensor pallets/shield/src/lib.rs, node/src/dev_keystore.rs @ 14bc6f9.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from taonet.primitives.hashing import twox_128
from taonet.runtime.shielded_transaction import parse_shielded

SECRET_BYTES: Final = 32
KEY_FILE: Final = "shield.key"
SEED_BYTES: Final = 64
TAG_BYTES: Final = 16

KEYS_KEPT: Final = 64
"""
Blocks whose keys open carriers: a key is offered up to 30 blocks after it was announced, where 32
authorities take turns, and what is encrypted to it lives for 8 more.
"""


class CannotOpen(ValueError):
    """A carrier that holds nothing this author can use; the text says why."""


class SecretDamaged(ValueError):
    """The file of the secret does not hold one; the text says what to do."""


@dataclass(frozen=True)
class _AuthorKey:
    private: MLKEM768PrivateKey
    public: bytes
    hash: bytes


class Shield:
    """One author's keys, by block number."""

    def __init__(self, secret: bytes) -> None:
        assert len(secret) == SECRET_BYTES
        self._secret = secret
        self._key = lru_cache(maxsize=KEYS_KEPT + 1)(self._derive)

    @classmethod
    def generate(cls) -> Self:
        """A shield with a new random secret."""
        return cls(os.urandom(SECRET_BYTES))

    @classmethod
    def open_folder(cls, folder: Path) -> Self:
        """The shield of a chain's folder, made and kept there first; raises `SecretDamaged`."""
        file = folder / KEY_FILE
        if not file.exists():
            _write_secret(file, os.urandom(SECRET_BYTES))
        secret = file.read_bytes()
        if len(secret) != SECRET_BYTES:
            raise SecretDamaged(
                f"{file} holds {len(secret)} bytes, not {SECRET_BYTES}: remove it to get a new "
                f"secret; transactions that wait encrypted are then lost"
            )
        return cls(secret)

    def public_key(self, number: int) -> bytes:
        """The key that block `number` announces, 1 184 bytes."""
        return self._key(number).public

    def open(self, ciphertext: bytes, number: int) -> bytes:
        """
        The extrinsic's bytes inside a carrier that stands in block `number`.

        Raises `CannotOpen`, whatever the bytes are.
        """
        shielded = parse_shielded(ciphertext)
        if shielded is None:
            raise CannotOpen("its ciphertext has not the parts of one")
        key = self._of_hash(shielded.key_hash, number)
        body, tag = shielded.sealed[:-TAG_BYTES], shielded.sealed[-TAG_BYTES:]
        try:
            secret = key.private.decapsulate(shielded.encapsulated)
        except ValueError as error:
            raise CannotOpen("what encapsulates its secret has a wrong length") from error
        try:
            # Slow to import, and most chains never carry anything encrypted.
            from Crypto.Cipher import ChaCha20_Poly1305

            cipher = ChaCha20_Poly1305.new(key=secret, nonce=shielded.nonce)
            return cipher.decrypt_and_verify(body, tag)
        except ValueError as error:
            raise CannotOpen("its ciphertext is not authentic") from error

    def _of_hash(self, key_hash: bytes, number: int) -> _AuthorKey:
        # Oldest first, so that the newest are those that the cache remembers.
        for announced in range(max(1, number - KEYS_KEPT), number):
            key = self._key(announced)
            if key.hash == key_hash:
                return key
        raise CannotOpen(f"it is encrypted to no key of the last {KEYS_KEPT} blocks")

    def _derive(self, number: int) -> _AuthorKey:
        seed = blake2b(
            number.to_bytes(8, "little"), key=self._secret, digest_size=SEED_BYTES
        ).digest()
        private = MLKEM768PrivateKey.from_seed_bytes(seed)
        public = private.public_key().public_bytes_raw()
        return _AuthorKey(private, public, twox_128(public))


def _write_secret(file: Path, secret: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as target:
        target.write(secret)
        target.flush()
        os.fsync(target.fileno())
    unfinished.replace(file)
