"""
The EVM: runs contract code against a world that it is given, within gas, in integers alone.

Files, in the order of reading: `world` (what the machine asks of the chain), `frame` (one running
contract), `gas` (prices), the instructions (`arithmetic`, `environment`, `memory`, `control`,
`storage`, `calls`), `instructions` (their table), `execution` (the driver, `execute`), `substate`
(what a transaction notes beside the state) and `precompiled` (Ethereum's native contracts).

The rules are those of Ethereum's Cancun fork, without its blobs, as the real chain's are.
"""
