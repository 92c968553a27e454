"""The wire format: `types` declares, `codec` compiles, `registry` and `metadata` describe."""
