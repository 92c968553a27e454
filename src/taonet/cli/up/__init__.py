"""
`taonet up`: a whole network on this machine.

Read `plan` (what runs), `folder` (where it is kept), `wallets` (whose keys), `founding` (bringing
the chain to the planned state), `processes` (starting, watching and ending them), `survey` (what
is going on), `table` (showing it), then `supervisor` and `command`, which use them in this order.
"""
