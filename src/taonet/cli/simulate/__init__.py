"""
`taonet simulate`: the economy in memory, block after block, with attackers and their accounts.

Read `scenario` (what a file says, by `toml_table`), `strategies` (how validators weigh), `ledger`
(what everyone put in and has), `world` (the runtime and its blocks), `founding` (subnets and
neurons), `validation` and `trading` (who acts when), `simulation` (all of it), `tables` and `plots`
(what is written), `command`.
"""
