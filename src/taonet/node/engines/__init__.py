"""Who fills in a block's input."""
