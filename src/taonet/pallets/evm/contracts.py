"""
EVM's storage: contracts' code and slots, and who may make contracts.

Source: frontier frame/evm/src/lib.rs, with the fork's whitelist.
"""

from typing import Final

from taonet.frame.pallet import Pallet
from taonet.frame.state import State
from taonet.frame.storage import OptionMap, StorageMap, StorageValue, blake2_128_concat
from taonet.pallets.evm.errors import ERRORS
from taonet.pallets.evm.events import EVENTS
from taonet.pallets.evm.types import CodeMetadata, mirror_account
from taonet.pallets.subtensor.evm_keys import keccak_256
from taonet.pallets.subtensor.types import H160
from taonet.pallets.system import System
from taonet.primitives.ids import H256
from taonet.scale.types import boolean, byte_vec, vec

EMPTY_CODE_HASH: Final = H256(keccak_256(b""))


class Contracts(Pallet, prefix="EVM"):
    """Code by address, slots by address and number."""

    events = EVENTS
    errors = ERRORS

    account_codes = StorageMap(
        blake2_128_concat(H160), value=byte_vec, default=b"", doc="Contracts' code."
    )
    account_codes_metadata = OptionMap(
        blake2_128_concat(H160), value=CodeMetadata, doc="The size and hash of contracts' code."
    )
    account_storages = StorageMap(
        blake2_128_concat(H160),
        blake2_128_concat(H256),
        value=H256,
        default=H256.zero(),
        doc="Contracts' storage slots.",
    )
    whitelisted_creators = StorageValue(
        vec(H160), default=(), doc="The addresses that may create contracts."
    )
    disable_whitelist_check = StorageValue(
        boolean, default=False, doc="Whether everyone may create contracts."
    )

    def __init__(self, state: State, system: System) -> None:
        super().__init__(state)
        self._system = system

    def may_create(self, creator: bytes) -> bool:
        """Whether the address may make contracts."""
        return self.disable_whitelist_check or creator in self.whitelisted_creators

    def code(self, address: bytes) -> bytes:
        """A contract's code."""
        return self.account_codes[H160(address)]

    def metadata(self, address: bytes) -> CodeMetadata | None:
        """The size and hash of a contract's code."""
        return self.account_codes_metadata[H160(address)]

    def slot(self, address: bytes, slot: int) -> int:
        """A slot's value."""
        return int.from_bytes(self.account_storages[H160(address), _key(slot)], "big")

    def set_slot(self, address: bytes, slot: int, value: int) -> None:
        """Write a slot; zero frees it."""
        if value:
            self.account_storages[H160(address), _key(slot)] = _key(value)
        else:
            del self.account_storages[H160(address), _key(slot)]

    def clear_slots(self, address: bytes) -> None:
        """Free all slots of an account."""
        self.account_storages.clear(H160(address))

    def create(self, address: bytes, code: bytes) -> None:
        """Make the account a contract, which keeps it alive."""
        if not code:
            return
        contract = H160(address)
        if not self.account_codes[contract]:
            self._system.increment_sufficients(mirror_account(address))
        self.account_codes_metadata[contract] = CodeMetadata(len(code), H256(keccak_256(code)))
        self.account_codes[contract] = code

    def remove(self, address: bytes) -> None:
        """Make the contract an account again."""
        contract = H160(address)
        if self.account_codes[contract]:
            self._system.decrement_sufficients(mirror_account(address))
            del self.account_codes[contract]
            del self.account_codes_metadata[contract]
        self.clear_slots(address)

    def try_state(self) -> None:
        """Every contract's size and hash are its code's."""
        for contract, code in self.account_codes.items():
            known = self.account_codes_metadata[contract]
            assert known == CodeMetadata(len(code), H256(keccak_256(code))), contract.hex()


def _key(value: int) -> H256:
    return H256(value.to_bytes(32, "big"))
