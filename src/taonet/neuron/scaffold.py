"""A new subnet's first files: something small that runs, to be changed line by line."""

from pathlib import Path

NAME_CHARACTERS_MAX = 40

_SUBNET = '''\
"""{title}: a miner adds numbers; a validator knows the sum."""

from collections.abc import Sequence
from random import Random
from typing import Annotated

from taonet.neuron import Items, Message, Score, Subnet


class Question(Message):
    numbers: Annotated[tuple[int, ...], Items(100)]


class Reply(Message):
    total: int


class Miner:
    async def answer(self, query: Question) -> Reply:
        return Reply(sum(query.numbers))


class Validator:
    def sample(self, rng: Random) -> Question:
        return Question(tuple(rng.randrange(1000) for _ in range(rng.randint(2, 20))))

    async def score(self, query: Question, replies: Sequence[Reply | None]) -> list[Score]:
        expected = sum(query.numbers)
        off = [abs(reply.total - expected) if reply else expected for reply in replies]
        return [Score(1.0 / (1.0 + each), {{"off_by": float(each)}}) for each in off]


subnet = Subnet("{name}", query=Question, reply=Reply)
'''

_TEST = '''\
"""{title} in the simulator: no chain, no sockets, no waiting."""

from taonet.neuron import simulate

from {module} import Miner, Question, Reply, Validator, subnet


class Careless:
    """Forgets the last number."""

    async def answer(self, query: Question) -> Reply:
        return Reply(sum(query.numbers[:-1]))


def test_a_careful_miner_earns_more_than_a_careless_one() -> None:
    result = simulate(subnet, Validator(), {{"careful": Miner(), "careless": Careless()}}, seed=1)
    assert result.weights["careful"] > 10 * result.weights["careless"]
'''

_README = """\
# {title}

`{module}.py` is the whole subnet: two messages, a miner, a validator. Change them.

    pytest                                          # in the simulator
    taonet miner {module}.py --netuid NETUID        # on a network
    taonet validator {module}.py --netuid NETUID
"""


class CannotScaffold(ValueError):
    """A name or folder that a subnet cannot have; the text says why."""


def write_subnet(folder: Path, name: str) -> list[Path]:
    """
    Write a subnet called `name` into `folder/name`; returns the files.

    `name` has lower-case letters, digits and `-`, and begins with a letter. Raises
    `CannotScaffold`, also when there is something already.
    """
    plain = name.replace("-", "")
    fits = plain.isascii() and plain.isalnum() and name == name.lower() and name[:1].isalpha()
    if not fits or len(name) > NAME_CHARACTERS_MAX or name.endswith("-"):
        raise CannotScaffold(
            f"{name!r}: a subnet's name begins with a letter, has lower-case letters, "
            f"digits and -, and at most {NAME_CHARACTERS_MAX} of them"
        )
    module = name.replace("-", "_")
    title = name.replace("-", " ").capitalize()
    target = folder / name
    if target.exists():
        raise CannotScaffold(f"{target} exists already")
    target.mkdir(parents=True)
    files = {
        f"{module}.py": _SUBNET,
        f"test_{module}.py": _TEST,
        "README.md": _README,
    }
    for file, text in files.items():
        (target / file).write_text(text.format(name=name, module=module, title=title))
    return [target / file for file in files]
