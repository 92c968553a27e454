"""
JSON-RPC, a file a namespace.

Read `backend` (what is asked of a chain), `parameters` and `method` (how a method is declared),
`connection` (bytes in, bytes out), `namespaces` (all of them together), `server` (sockets). Then
the namespaces: `chain`, `state`, `author`, `system`, `payment`, `ethereum`, `runtime_calls`,
`chain_head`, `chain_spec`, `transaction`, `dev`.
"""
