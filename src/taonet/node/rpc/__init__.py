"""JSON-RPC, a file a namespace."""
