"""The chain's state and calls, a pallet a file."""
