"""Vocabularies: frozen ones, broken ones, new ones."""

from typing import Any

import orjson
import pytest

from taonet.subnets.training.vocabulary import CONTROL, Vocabulary, VocabularyInvalid, trained

HASHES = {
    "english-1024": "00eafc41685d8eea4f7463014285f984afb4abee09d84386a731a3aa60f1ed09",
    "english-4096": "e6d1fe93de30a46448d566433387b13d754be3f8bf34269397388133a8d78c62",
}


@pytest.mark.parametrize("name", HASHES)
def test_a_frozen_vocabulary_never_changes(name: str) -> None:
    vocabulary = Vocabulary.frozen(name)
    assert vocabulary.hash == HASHES[name]
    assert len(vocabulary.tokens) == int(name.split("-")[1])


@pytest.mark.parametrize("text", ["And the earth was without form.\n", "1611 naïve 日本 🙂\t", ""])
def test_every_text_comes_back(text: str) -> None:
    vocabulary = Vocabulary.frozen("english-1024")
    document = vocabulary.document(text)
    assert document[-1] == vocabulary.end_of_text
    assert vocabulary.tokenizer.decode(document.tolist()) == text


def test_no_text_makes_a_control_token() -> None:
    tokens = Vocabulary.frozen("english-1024").tokenizer.encode("".join(CONTROL))
    assert min(tokens) >= len(CONTROL)


def test_training_shortens_what_it_saw() -> None:
    texts = ["the whole of the world", "the word of the wise"] * 4
    vocabulary = trained(texts, 268)
    assert vocabulary.tokens[:3] == CONTROL
    assert len(vocabulary.document(texts[0])) < len(texts[0])
    assert vocabulary.tokenizer.decode(vocabulary.document(texts[0]).tolist()) == texts[0]
    assert Vocabulary.decoded(vocabulary.encoded()).hash == trained(texts, 268).hash
    with pytest.raises(VocabularyInvalid, match="the texts make"):
        trained(texts, 4096)
    with pytest.raises(VocabularyInvalid, match="has 259 to 65536 tokens, not 100"):
        trained(texts, 100)


def changed(**changes: Any) -> bytes:
    frozen: dict[str, Any] = orjson.loads(Vocabulary.frozen("english-1024").encoded())
    return orjson.dumps(frozen | changes)


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"{", "is JSON"),
        (b"[]", "has tokens and merges"),
        (changed(extra=1), "has tokens and merges"),
        (changed(tokens=["a"]), "1 tokens are not 259"),
        (changed(tokens=[str(n) for n in range(300)]), "the first tokens are"),
        (changed(tokens=[1]), "tokens is a list of texts"),
        (changed(merges=["a b c"]), "'a b c' does not make a token"),
        (changed(merges=["zq zq"]), "'zq zq' does not make a token"),
    ],
)
def test_what_is_no_vocabulary_is_named(raw: bytes, complaint: str) -> None:
    with pytest.raises(VocabularyInvalid, match=complaint):
        Vocabulary.decoded(raw)
    with pytest.raises(VocabularyInvalid, match="there is no vocabulary 'klingon'"):
        Vocabulary.frozen("klingon")
