"""
Precompiles: the chain's own contracts, by which Ethereum's tools reach what pallets do.

`abi` reads and writes Ethereum's encoding, `contract` finds a method by its selector, `dispatched`
makes calls of pallets; then a file for each contract, and `registry`, which lists them.

Source: subtensor precompiles/src @ 14bc6f9.
"""
