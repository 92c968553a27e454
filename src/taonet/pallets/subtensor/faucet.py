"""
The faucet of local networks: TAO for a little work.

The work is a nonce whose seal, with the hash of a recent block and the coldkey, is a small number.

Source: subtensor pallets/subtensor/src/subnets/registration.rs `do_faucet`, `create_seal_hash`,
built with the feature pow-faucet, as scripts/localnet.sh does, @ 14bc6f9.
"""

from hashlib import sha256
from typing import Final

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.balances import Balances
from taonet.pallets.subtensor.errors import InvalidDifficulty, InvalidSeal, InvalidWorkBlock
from taonet.pallets.subtensor.events.stake import Faucet as FaucetPaid
from taonet.pallets.subtensor.evm_keys import keccak_256
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.tao import Tao
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import U64

FAUCET_DIFFICULTY: Final = 1_000_000
"""How many nonces are tried for one that will do, on average."""

WORK_BLOCKS_MAX: Final = 3
"""Work is for one of that many last blocks, so that none is done in advance."""

FAUCET_AMOUNT: Final = Rao(1_000 * 10**9)
SEAL_BYTES: Final = 32


def seal_of(block_hash: bytes, nonce: int, who: AccountId) -> bytes:
    """The seal of a nonce, 32 bytes."""
    binding = keccak_256(block_hash + who)
    return keccak_256(sha256(nonce.to_bytes(8, "little") + binding).digest())


def meets_difficulty(seal: bytes, difficulty: int) -> bool:
    """Whether a seal, as a little-endian number, is small enough."""
    return int.from_bytes(seal, "little") * difficulty < 2**256


class Faucet(Pallet, prefix="SubtensorModule"):
    """Gives new TAO away."""

    def __init__(self, storage: Storage, system: System, balances: Balances, tao: Tao) -> None:
        super().__init__(storage.state)
        self._used_work = storage.registrations.used_work
        self._system = system
        self._balances = balances
        self._tao = tao

    @call(
        index=60,
        weight=Weight(91_000_000, 0) + database_weight(reads=27, writes=22),
        pays=Pays.NO,
    )
    def faucet(self, origin: Origin, block_number: U64, nonce: U64, work: bytes) -> None:
        """Get 1,000 new TAO for work on one of the last blocks; on local networks only."""
        coldkey = ensure_signed(origin)
        now = self._system.number
        if not 0 <= now - block_number < WORK_BLOCKS_MAX:
            raise InvalidWorkBlock
        if len(work) != SEAL_BYTES or not meets_difficulty(work, FAUCET_DIFFICULTY):
            raise InvalidDifficulty
        if work != seal_of(self._system.block_hash[block_number], nonce, coldkey):
            raise InvalidSeal
        self._used_work[work] = now
        issued = self._tao.mint(FAUCET_AMOUNT)
        if issued < FAUCET_AMOUNT or not self._balances.resolve(coldkey, issued):
            # There are 21 million TAO already: nothing is given.
            self._tao.recycle_credit(issued)
        self.deposit_event(FaucetPaid(coldkey, int(FAUCET_AMOUNT)))
