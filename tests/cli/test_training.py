"""`taonet training`: a run's file, a corpus of one's own, and what is refused."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from taonet.cli.main import application
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.run import Run

TEXT = "And the words of the book were spoken unto the people.\n" * 400


def taonet(*words: str) -> Result:
    return CliRunner().invoke(application("training"), ["training", *words])


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A corpus of one's own text, made by one command."""
    (tmp_path / "book.txt").write_text(TEXT)
    done = taonet(
        *("corpus", str(tmp_path / "book.txt"), "--folder", str(tmp_path / "books")),
        *("--vocabulary", "english-1024", "--json"),
    )
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    corpus = Corpus.open(tmp_path / "books", 16)
    assert said["corpus"] == corpus.manifest.hash
    assert said["tokens"] == corpus.manifest.tokens
    return tmp_path / "books"


def test_a_run_over_ones_own_text(books: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    done = taonet(
        *("new", str(file), "--preset", "nano", "--corpus", str(books), "--length", "16"),
        *("--steps", "4", "--rows", "4", "--window", "40", "--json"),
    )
    assert done.exit_code == 0, done.output
    run = Run.read(file)
    assert json.loads(done.stdout) == {
        "file": str(file),
        "run": run.hash,
        "parameters": run.shape.parameters,
    }
    assert (run.name, run.pages_each, run.phases.length) == ("run", 16, 40)
    assert run.corpus == Corpus.open(books, 16).manifest.hash


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--preset", "giant"], "InvalidShape: there is no preset 'giant'"),
        (["--vocabulary", "klingon"], "VocabularyInvalid: there is no vocabulary 'klingon'"),
        (["--corpus", "nowhere"], "FileNotFoundError"),
        (["--steps", "4000"], "CorpusInvalid"),
        (["--length", "9999"], "CorpusInvalid"),
    ],
)
def test_what_makes_no_run_is_named_and_leaves_no_file(
    books: Path, tmp_path: Path, options: list[str], complaint: str
) -> None:
    file = tmp_path / "run.json"
    done = taonet("new", str(file), "--preset", "nano", "--corpus", str(books), *options)
    assert done.exit_code == 1
    assert complaint in " ".join(done.output.split())
    assert not file.exists()


def test_a_run_without_a_store_is_refused(tmp_path: Path) -> None:
    for role in ("miner", "validator"):
        words = [role, "--run", str(tmp_path / "run.json"), "--netuid", "1"]
        done = CliRunner().invoke(application(role), words)
        assert done.exit_code == 2
        assert "--store" in done.output
