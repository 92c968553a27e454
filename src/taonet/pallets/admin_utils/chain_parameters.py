"""
What root sets for the chain itself: who makes its blocks, who finalises them, its Ethereum number.

Block making and finality are the node's engine's, which starts with the genesis' authorities;
what is set here is what the chain says of them.

Source: subtensor pallets/admin-utils/src/lib.rs; polkadot-sdk substrate/frame/{aura,grandpa}
@ 14bc6f9.
"""

from typing import Annotated

from taonet.frame.origin import Origin, ensure_root
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.aura import AUTHORITIES_MAX, Aura, AuraId
from taonet.pallets.evm_chain_id import EvmChainId
from taonet.pallets.grandpa import Authorities, Grandpa
from taonet.pallets.system import System
from taonet.scale.types import U32, U64, vec

NewAuthors = Annotated[tuple[AuraId, ...], vec(AuraId, AUTHORITIES_MAX)]


def _authors_weight(authors: tuple[AuraId, ...]) -> Weight:
    return Weight(4_442_146 + 29_392 * len(authors), 0) + database_weight(writes=1)


def _finalisers_weight(finalisers: Authorities, _in_blocks: int, _forced: int | None) -> Weight:
    work = Weight(7_972_506 + 15_444 * len(finalisers), 2779)
    return work + database_weight(reads=1, writes=1)


class ChainParameters(Pallet, prefix="AdminUtils"):
    """Parameters of consensus."""

    def __init__(self, system: System) -> None:
        super().__init__(system.state)
        self._system = system
        self._aura = Aura(system.state, system)
        self._grandpa = Grandpa(system.state)
        self._evm = EvmChainId(system.state)

    @call(index=0, weight=_authors_weight)
    def swap_authorities(self, origin: Origin, new_authorities: NewAuthors) -> None:
        """Replace the block authors; an empty list changes nothing. Root only."""
        ensure_root(origin)
        if new_authorities:
            self._aura.authorities = new_authorities

    @call(index=58, weight=Weight(27_199_000, 0) + database_weight(reads=1, writes=1))
    def sudo_set_evm_chain_id(self, origin: Origin, chain_id: U64) -> None:
        """Set the number that Ethereum's wallets know the chain by. Root only."""
        ensure_root(origin)
        self._evm.chain_id = chain_id

    @call(index=59, weight=_finalisers_weight)
    def schedule_grandpa_change(
        self, origin: Origin, next_authorities: Authorities, in_blocks: U32, forced: U32 | None
    ) -> None:
        """
        Replace the finalisers at the end of the block in `in_blocks` blocks; one change at a time.
        A forced one names the last final block. Root only.
        """
        ensure_root(origin)
        self._grandpa.schedule_change(
            next_authorities, in_blocks, now=self._system.number, forced=forced
        )
