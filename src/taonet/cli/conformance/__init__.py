"""
Runs recorded vectors of the real chain's arithmetic through the code that this chain runs on.

Read `runner` (files, comparison), `kinds` (which kind of file goes where), then the adapters:
`numbers`, `pools`, `emission`, `registration`, `dividends`, `epoch`. An adapter only renames
fields; what it measures is the production code.
"""
