"""SubtensorModule: one pallet on the wire, small classes in code."""
