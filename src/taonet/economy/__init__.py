"""The mathematics of the chain, pure: integers in, integers out; no state, no I/O."""
