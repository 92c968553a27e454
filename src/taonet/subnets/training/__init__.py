"""
Training: miners who do not trust each other make one model together, paid by how much each helped.

Read `window`, the phases by blocks, then `compression` and `payload`, what a miner sends, then
`outer_step` and `checkpoint`, what becomes of it, then `judgement`, what it is worth. `simulation`
runs whole windows in one process; `miner`, `validator` and `process` run them on a chain.
"""
