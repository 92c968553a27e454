"""Who fills in a block's input: `embedded` makes every block in this process."""
