"""
The mathematics of the chain, pure: integers in, integers out; no state, no I/O.

Read in the order that value flows: `block_emission` mints TAO, `moving_price` and
`subnet_emission` share it (by one of the `rule_sets`, some on `tao_flow`), `swap` on a `balancer`
(on `bigmath`) prices alpha, `yuma` judges neurons, `dividends` and `stake_weight` turn judgement
into stake, `share_pool` (on `safe_float`) says whose it is, `registration` what a place costs.

Where the real chain does something odd, so does this, in one place whose comment starts with the
oddity's number: 1 `bigmath`, 2, 4, 5 and 8 `swap`, 3 `subnet_emission`, 6 `share_pool`,
7 `registration`.
"""
