"""
BLS12-381 in plain integers: what the library is held to, and what the tests' own beacon signs by.

`fields` is what coordinates are made of, `curves` the two groups and their encodings,
`hash_to_curve` the way from a message to a point, `pairing` the equation that a signature is
checked with. Everything here works on public values: nothing is constant-time, and nothing needs
to be.
"""
