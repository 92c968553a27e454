"""
Ethereum addresses of neurons, proven by a signature of the address's key.

Source: subtensor pallets/subtensor/src/utils/evm.rs @ 14bc6f9; EIP-191.
"""

from typing import Annotated, Final

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.subtensor.errors import (
    EvmKeyAssociateRateLimitExceeded,
    InvalidIdentity,
    InvalidRecoveredPublicKey,
    NonAssociatedColdKey,
)
from taonet.pallets.subtensor.events.accounts import EvmKeyAssociated
from taonet.pallets.subtensor.hotkeys import Hotkeys
from taonet.pallets.subtensor.neuron_registry import NeuronRegistry
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import H160
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Uid
from taonet.scale.types import U64, byte_array

SIGNATURE_BYTES: Final = 65
"""r, s and v; v as Ethereum's wallets write it, 27 or 28, or as 0 or 1."""

RATE_LIMIT_BLOCKS: Final = 7_200
FAST_RATE_LIMIT_BLOCKS: Final = 1

EcdsaSignature = Annotated[bytes, byte_array(SIGNATURE_BYTES)]


def keccak_256(data: bytes) -> bytes:
    """Ethereum's hash."""
    # Slow to import, and few chains ever see an Ethereum key.
    from Crypto.Hash import keccak

    return keccak.new(data=data, digest_bits=256).digest()


def association_hash(hotkey: AccountId, block_number: int) -> bytes:
    """What the key of an Ethereum address signs to belong to a hotkey."""
    message = hotkey + keccak_256(block_number.to_bytes(8, "little"))
    return keccak_256(b"\x19Ethereum Signed Message:\n%d" % len(message) + message)


def recovered_public_key(message_hash: bytes, signature: bytes) -> bytes | None:
    """The public key, 64 bytes, whose owner made the signature, None if nobody did."""
    # Loading these takes a tenth of a second, which hardly a process needs to spend.
    from eth_keys.backends.native.main import NativeECCBackend
    from eth_keys.exceptions import BadSignature
    from eth_keys.main import KeyAPI
    from eth_utils.exceptions import ValidationError

    v = signature[-1]
    normal = signature[:-1] + bytes([v - 27 if v >= 27 else v])
    try:
        public = (
            KeyAPI(NativeECCBackend())
            .Signature(normal)
            .recover_public_key_from_msg_hash(message_hash)
        )
    except (BadSignature, ValidationError):
        return None
    return bytes(public.to_bytes())


def recovered_address(message_hash: bytes, signature: bytes) -> H160 | None:
    """The address whose key made the signature, None if no key did."""
    public = recovered_public_key(message_hash, signature)
    return None if public is None else H160(keccak_256(public)[12:])


class EvmKeys(Pallet, prefix="SubtensorModule"):
    """Associates Ethereum addresses with neurons."""

    def __init__(
        self, storage: Storage, system: System, hotkeys: Hotkeys, neurons: NeuronRegistry
    ) -> None:
        super().__init__(storage.state)
        self._addresses = storage.neurons.associated_evm_address
        self._system = system
        self._hotkeys = hotkeys
        self._neurons = neurons

    @call(
        index=93,
        weight=Weight(684_242_000, 4415) + database_weight(reads=3, writes=1),
        pays=Pays.NO,
    )
    def associate_evm_key(
        self,
        origin: Origin,
        netuid: NetUid,
        evm_key: H160,
        block_number: U64,
        signature: EcdsaSignature,
    ) -> None:
        """
        Give your neuron an Ethereum address. Its key has signed, as a personal message, the hotkey
        followed by the keccak-256 of a block number in 8 bytes, little-endian.
        """
        hotkey = ensure_signed(origin)
        if not self._hotkeys.exists(hotkey):
            raise NonAssociatedColdKey
        uid = self.ensure_not_too_soon(netuid, hotkey)
        found = recovered_address(association_hash(hotkey, block_number), signature)
        if found is None:
            raise InvalidIdentity
        if found != evm_key:
            raise InvalidRecoveredPublicKey
        now = self._system.number
        self._addresses[netuid, uid] = (evm_key, now)
        self.deposit_event(
            EvmKeyAssociated(netuid=netuid, hotkey=hotkey, evm_key=evm_key, block_associated=now)
        )

    def ensure_not_too_soon(self, netuid: NetUid, hotkey: AccountId) -> Uid:
        """
        The neuron's uid; raises `HotKeyNotRegisteredInSubNet` or
        `EvmKeyAssociateRateLimitExceeded`, the latter in the chain's first blocks too.
        """
        uid = self._neurons.uid(netuid, hotkey)
        known = self._addresses[netuid, uid]
        limit = self.state.config.pick(RATE_LIMIT_BLOCKS, FAST_RATE_LIMIT_BLOCKS)
        if self._system.number - (0 if known is None else known[1]) < limit:
            raise EvmKeyAssociateRateLimitExceeded
        return uid
