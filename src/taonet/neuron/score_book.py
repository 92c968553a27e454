"""
The score book: what a validator thinks of each hotkey, and why.

A hotkey's value is a moving average over rounds; the same decay applies to the sums of evidence.
A hotkey that loses its uid, or gets another one, starts from nothing. The last reasons of each
hotkey are kept with their named parts. All of it is one SQLite file, one transaction a round: a
process that is killed resumes after the last whole round.
"""

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from taonet.neuron.chain import Metagraph
from taonet.neuron.score import NOTE_CHARACTERS_MAX, Score, Standing

HALF_LIFE_ROUNDS = 20.0
"""After so many rounds a score counts half."""
REASONS_MAX = 50
"""Kept per hotkey."""
_SCHEMA_VERSION = 1
_SCHEMA = f"""
CREATE TABLE standing (
    hotkey TEXT PRIMARY KEY, uid INTEGER NOT NULL, registered_at INTEGER NOT NULL,
    total REAL NOT NULL, mass REAL NOT NULL, rounds INTEGER NOT NULL, evidence TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE reason (
    hotkey TEXT NOT NULL, round INTEGER NOT NULL, block INTEGER NOT NULL, value REAL NOT NULL,
    parts TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (hotkey, round)
) WITHOUT ROWID;
CREATE TABLE progress (round INTEGER NOT NULL, seed TEXT NOT NULL);
PRAGMA user_version = {_SCHEMA_VERSION};
"""


@dataclass(frozen=True)
class Reason:
    """One score of one hotkey: in which round, at which block, what and why."""

    round: int
    block: int
    score: Score


class ScoreBook:
    """
    An open book; see `ScoreBook.open`.

    `round` is the number of the next round. `seed` is secret and lasts as long as the file: a
    round's queries follow from it and the round's number, so that they can be replayed, and not
    foretold by miners.
    """

    def __init__(self, connection: sqlite3.Connection, half_life_rounds: float) -> None:
        self._connection = connection
        self._decay = 0.5 ** (1.0 / half_life_rounds)
        self.round, self.seed = connection.execute("SELECT round, seed FROM progress").fetchone()

    @classmethod
    @contextmanager
    def open(
        cls, path: Path | None, *, half_life_rounds: float = HALF_LIFE_ROUNDS, seed: str = ""
    ) -> Iterator["ScoreBook"]:
        """The book at `path`, made when absent; in memory when `None`. `seed` is for a new one."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A killed process loses nothing; a power cut may lose the newest rounds, never more.
            connection.execute("PRAGMA synchronous = NORMAL")
            _prepare(connection, seed or secrets.token_hex(16))
            yield cls(connection, half_life_rounds)
        finally:
            connection.close()

    def sync(self, metagraph: Metagraph) -> list[str]:
        """Forget hotkeys that do not hold their uid as before; returns them."""
        lost = [
            hotkey
            for hotkey, uid, registered_at in self._connection.execute(
                "SELECT hotkey, uid, registered_at FROM standing"
            )
            if not _holds(metagraph, hotkey, uid, registered_at)
        ]
        with self._transaction():
            for hotkey in lost:
                self._connection.execute("DELETE FROM standing WHERE hotkey = ?", (hotkey,))
                self._connection.execute("DELETE FROM reason WHERE hotkey = ?", (hotkey,))
        return lost

    def record(self, metagraph: Metagraph, scores: Mapping[str, Score]) -> None:
        """Enter one round's scores by hotkey, all or none; unregistered hotkeys are left out."""
        with self._transaction():
            for hotkey, score in scores.items():
                if hotkey in metagraph.by_hotkey:
                    self._enter(metagraph, hotkey, score)
            self._connection.execute("UPDATE progress SET round = ?", (self.round + 1,))
        self.round += 1

    def standings(self) -> list[Standing]:
        """Of every hotkey in the book, by uid."""
        rows = self._connection.execute(
            "SELECT hotkey, uid, total / mass, rounds, evidence FROM standing ORDER BY uid"
        )
        return [
            Standing(hotkey, uid, value, rounds, orjson.loads(evidence))
            for hotkey, uid, value, rounds, evidence in rows
        ]

    def reasons(self, hotkey: str) -> list[Reason]:
        """The newest `REASONS_MAX` scores of `hotkey`, newest first."""
        rows = self._connection.execute(
            "SELECT round, block, value, parts, note FROM reason WHERE hotkey = ? "
            "ORDER BY round DESC",
            (hotkey,),
        )
        return [
            Reason(number, block, Score(value, orjson.loads(parts), note))
            for number, block, value, parts, note in rows
        ]

    def _enter(self, metagraph: Metagraph, hotkey: str, score: Score) -> None:
        neuron = metagraph.by_hotkey[hotkey]
        row = self._connection.execute(
            "SELECT total, mass, rounds, evidence FROM standing WHERE hotkey = ?", (hotkey,)
        ).fetchone()
        total, mass, rounds, evidence = row or (0.0, 0.0, 0, b"{}")
        sums = {name: value * self._decay for name, value in orjson.loads(evidence).items()}
        for name, value in score.evidence.items():
            sums[name] = sums.get(name, 0.0) + value
        self._connection.execute(
            "INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                hotkey,
                int(neuron.uid),
                neuron.registered_at,
                total * self._decay + score.value,
                mass * self._decay + 1.0,
                rounds + 1,
                orjson.dumps(sums).decode(),
            ),
        )
        self._connection.execute(
            "INSERT INTO reason VALUES (?, ?, ?, ?, ?, ?)",
            (
                hotkey,
                self.round,
                metagraph.block,
                score.value,
                orjson.dumps(dict(score.parts)).decode(),
                score.note[:NOTE_CHARACTERS_MAX],
            ),
        )
        self._connection.execute(
            "DELETE FROM reason WHERE hotkey = ? AND round NOT IN "
            "(SELECT round FROM reason WHERE hotkey = ? ORDER BY round DESC LIMIT ?)",
            (hotkey, hotkey, REASONS_MAX),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _holds(metagraph: Metagraph, hotkey: str, uid: int, registered_at: int) -> bool:
    neuron = metagraph.by_hotkey.get(hotkey)
    return neuron is not None and int(neuron.uid) == uid and neuron.registered_at == registered_at


def _prepare(connection: sqlite3.Connection, seed: str) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
        connection.execute("INSERT INTO progress VALUES (0, ?)", (seed,))
    elif version != _SCHEMA_VERSION:
        raise sqlite3.DatabaseError(
            f"the score book has version {version}, this program reads {_SCHEMA_VERSION}"
        )
