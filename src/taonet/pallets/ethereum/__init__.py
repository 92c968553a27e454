"""
Ethereum: what its wallets sign, and its view of the chain.

`rlp` and `transaction` read what wallets send, `block` hashes what they are shown, `pallet` applies
the one and writes the other.

Source: frontier frame/ethereum, of the fork that subtensor uses; subtensor runtime @ 14bc6f9.
"""

from taonet.pallets.ethereum.pallet import ETHEREUM_INDEX, Ethereum

__all__ = ["ETHEREUM_INDEX", "Ethereum"]
