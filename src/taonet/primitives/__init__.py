"""Values without behaviour: units, ids, hashing, addresses. Read `units`, then `ids`."""
