"""
taonet: Bittensor, whole, in Python.

Read in the order in which data passes: `primitives`, `scale`, `economy`, `frame`, `pallets`,
`runtime`, `node` are the chain; `neuron`, `subnets`, `gateway` are the work it pays for and the
people who ask for it; `cli` starts them.
"""
