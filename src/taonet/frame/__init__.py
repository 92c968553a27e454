"""
What a pallet is made of.

Read `overlay` (uncommitted writes), `storage` (typed views of them), `pallet` (calls, events,
errors, hooks), `origin`, then `describe` (declarations to metadata).
"""
