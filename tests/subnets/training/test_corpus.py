"""Corpora: pages, hashes, broken manifests, recipes and texts of one's own."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from taonet.subnets.training import corpus
from taonet.subnets.training.corpus import MANIFEST, Corpus, CorpusDamaged, CorpusInvalid, Manifest
from taonet.subnets.training.recipes import RecipeUnknown, TextUnreadable, own, prepared
from taonet.subnets.training.vocabulary import Vocabulary

WORDS = Vocabulary.frozen("english-1024")
TEXTS = [f"And the {number} words were spoken unto the people." for number in range(60)]


def made(folder: Path, **options: Any) -> Manifest:
    return corpus.make(folder, TEXTS, WORDS, name="words", held_out=0.1, **options)


def test_pages_follow_each_other_and_overlap_by_one_token(tmp_path: Path) -> None:
    manifest = made(tmp_path)
    opened = Corpus.open(tmp_path, 16)
    tokens = np.concatenate([WORDS.document(text) for text in TEXTS])
    assert manifest.tokens == len(tokens)
    assert opened.rows([2, 0])[0].tolist() == tokens[32:49].tolist()
    assert opened.rows([0]).shape == (1, 17)
    assert opened.pages + opened.pages_held_out == (len(tokens) - 1) // 16
    assert opened.pages_held_out * 16 >= manifest.held_out
    last = opened.rows([opened.pages + opened.pages_held_out - 1])[0]
    assert last[0] == tokens[(len(tokens) - 1) // 16 * 16 - 16]
    with pytest.raises(IndexError):
        opened.rows([opened.pages + opened.pages_held_out])


def test_a_corpus_of_many_files_holds_the_same_tokens(tmp_path: Path) -> None:
    one, many = made(tmp_path / "one"), made(tmp_path / "many", shard_tokens=100)
    assert many.tokens == one.tokens
    assert {shard.tokens for shard in many.shards[:-1]} == {100}
    first = Corpus.open(tmp_path / "many", 16)
    # Pages do not reach over the end of a file: six of sixteen fit into a hundred.
    joined = np.concatenate(
        [np.fromfile(tmp_path / "many" / shard.file, "<u2") for shard in many.shards]
    )
    assert first.rows([6])[0].tolist() == joined[100:117].tolist()
    assert first.rows([5])[0].tolist() == joined[80:97].tolist()


def test_held_out_pages_are_spread_and_never_trained_on(tmp_path: Path) -> None:
    made(tmp_path)
    opened = Corpus.open(tmp_path, 16)
    held = opened.held_out(3)
    assert held.shape == (3, 17)
    assert held[0].tolist() == opened.rows([opened.pages])[0].tolist()
    assert len(opened.held_out(10_000)) == opened.pages_held_out


def test_a_changed_file_is_found(tmp_path: Path) -> None:
    manifest = made(tmp_path)
    path = tmp_path / manifest.shards[0].file
    raw = bytearray(path.read_bytes())
    raw[10] ^= 1
    path.write_bytes(raw)
    with pytest.raises(CorpusDamaged, match="has the sha256"):
        Corpus.open(tmp_path, 16)
    path.write_bytes(raw[:-2])
    with pytest.raises(CorpusDamaged, match="does not hold"):
        Corpus.open(tmp_path, 16)


SHARD = {"file": "a.bin", "sha256": "", "tokens": 10}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"shards": []}, "0 files"),
        ({"shards": [SHARD | {"file": "../a"}]}, "is not a file's name"),
        ({"shards": [SHARD | {"file": ".."}]}, "is not a file's name"),
        ({"shards": [SHARD | {"tokens": 1 << 40}]}, "1099511627776 tokens"),
        ({"shards": [SHARD | {"tokens": "7"}]}, "'7' tokens"),
        ({"shards": [{}]}, "cannot be read"),
        ({"held_out": 10, "shards": [SHARD]}, "10 of 10 tokens cannot be held out"),
        ({"colour": 1}, "cannot be read"),
    ],
)
def test_a_broken_manifest_is_named(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    made(tmp_path)
    value = orjson.loads((tmp_path / MANIFEST).read_bytes()) | change
    with pytest.raises(CorpusInvalid, match=complaint):
        Manifest.decoded(orjson.dumps(value))


def test_a_corpus_without_pages_is_refused(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(CorpusInvalid, match="has 0 pages of 4096 tokens"):
        Corpus.open(tmp_path, 4096)
    with pytest.raises(CorpusInvalid, match="are empty"):
        corpus.make(tmp_path / "none", [], WORDS, name="none")


def test_a_persons_own_files_make_a_corpus(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("naïve words\n" * 50, encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    manifest = own([tmp_path / "a.txt"], tmp_path / "corpus", WORDS, name="mine")
    assert Corpus.open(tmp_path / "corpus", 8).manifest == manifest
    with pytest.raises(TextUnreadable, match=r"b\.txt is no text"):
        own([tmp_path / "b.txt"], tmp_path / "other", WORDS, name="mine")
    with pytest.raises(RecipeUnknown, match="but king-james"):
        prepared("iliad", WORDS)


@pytest.mark.model
def test_the_recipe_always_makes_the_same_corpus() -> None:
    opened = Corpus.open(prepared("king-james", WORDS), 64)
    assert (
        opened.manifest.hash == "3e76e06b1634c25d3c63d4494703ae50fb5c5b1877930044d135ee96c7fcb9e9"
    )
    text = WORDS.tokenizer.decode(opened.rows([0])[0].tolist())
    assert text.startswith("In the beginning God created the heaven and the earth. And the earth")
