"""
The chain on disk: blocks, the latest state, and the way back to older states.

Read `errors`, `key_value` (the seam), `chain` (what a block writes), `state` (how any kept block's
state is read); then `lmdb_store` and `memory_store`, the two stores under the seam.
"""
