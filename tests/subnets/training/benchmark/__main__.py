"""
Measures the training subnet: `python -m tests.subnets.training.benchmark --out FOLDER`.

One JSON document goes to stdout and, with pictures, into the folder; what is going on to stderr.
Figures are not tests: a missed target is shown and fails nothing. One thread is used, unless
`XLA_FLAGS` says otherwise.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import orjson

from taonet.subnets.llama.shape import PRESETS
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.recipes import prepared
from taonet.subnets.training.vocabulary import Vocabulary
from tests.subnets.training.benchmark import conduct, learning, plots
from tests.subnets.training.benchmark.learning import Curve, Plan
from tests.subnets.training.benchmark.speed import measure_speed

VOCABULARIES = {"nano": "english-1024"}
PARTS = ("learning", "poison", "pay", "speed")
CONDUCT_WINDOWS = 20


def tell(line: str) -> None:
    """What is going on, on standard error."""
    sys.stderr.write(f"{line}\n")


def learning_part(options: argparse.Namespace, corpus: Corpus) -> dict[str, Any]:
    """Losses of the three ways at equal tokens, by seed."""
    runs = []
    for seed in range(1, options.seeds + 1):
        plan = Plan(PRESETS[options.preset], options.tokens, seed=seed)
        ways: tuple[tuple[Callable[..., Curve], float], ...] = (
            (learning.adamw, options.rate),
            (learning.sparse, options.rate_sparse),
            (learning.diloco, options.rate),
        )
        curves = [
            learning.in_tokens(way(replace(plan, rate=rate), corpus, tell), plan, corpus)
            for way, rate in ways
        ]
        if options.out:
            plots.losses(
                options.out / f"learning-{options.preset}-{seed}.png",
                curves,
                f"{options.preset}, {options.tokens:,} tokens, seed {seed}",
            )
        runs.append({curve.name: curve for curve in curves})
    final = {name: mean(run[name].losses[-1] for run in runs) for name in runs[0]}
    sent = {name: curve.bytes_up for name, curve in runs[0].items()}
    return {
        "runs": runs,
        "final": final,
        "over_adamw": final["sparse"] / final["AdamW"] - 1,
        "over_diloco": final["sparse"] / final["DiLoCo"] - 1,
        "bytes_less_than_diloco": sent["DiLoCo"] / sent["sparse"],
        "bytes_less_than_data_parallel": sent["AdamW"] / sent["sparse"],
        "targets": "over_adamw at most 0.02, over_diloco at most 0, bytes at least 100 and 1000",
    }


def conduct_run(options: argparse.Namespace, corpus: Corpus) -> Any:
    """The run in which miners behave and misbehave."""
    tokens = CONDUCT_WINDOWS * 4 * 8 * 4 * corpus.length
    plan = Plan(PRESETS[options.preset], tokens, steps=8, rows=4, rate=2e-3)
    return plan.run(corpus)


def poison_part(options: argparse.Namespace, corpus: Corpus) -> dict[str, Any]:
    """What poison does to the loss."""
    found = conduct.poisoned(conduct_run(options, corpus), corpus, CONDUCT_WINDOWS // 2, tell)
    if options.out:
        plots.poison(options.out / "poison.png", found)
    honest, defended = found["honest only"][-1], found["a third poison"][-1]
    return {
        "losses": found,
        "over_honest": defended / honest - 1,
        "undefended": found["no defence"][-1],
        "targets": "over_honest at most 0.01; undefended above what knowing nothing gives",
    }


def pay_part(options: argparse.Namespace, corpus: Corpus) -> dict[str, Any]:
    """Who earns what: cheats beside honest miners, then honest miners of different diligence."""
    run = conduct_run(options, corpus)
    cheats = conduct.pay(run, corpus, (*conduct.HONEST, *conduct.CHEATS), CONDUCT_WINDOWS, tell)
    partial = conduct.pay(run, corpus, (*conduct.HONEST, *conduct.PARTIAL), CONDUCT_WINDOWS, tell)
    if options.out:
        plots.pay(options.out / "pay.png", cheats)
    return {
        "earned": cheats.earned,
        "honest": cheats.honest,
        "cheats_below": cheats.cheats_below,
        "partial": partial.earned,
        "spearman": partial.spearman,
        "targets": "honest at least 0.95, cheats_below true, spearman at least 0.8",
    }


def speed_part(options: argparse.Namespace, corpus: Corpus) -> dict[str, Any]:
    """Tokens a second in windows and bare, and the line's share."""
    plan = Plan(PRESETS[options.preset], options.tokens, steps=30)
    found = measure_speed(plan.run(corpus), corpus)
    return {
        "window_tokens_s": found.window_tokens_s,
        "bare_tokens_s": found.bare_tokens_s,
        "ratio": found.ratio,
        "communication": found.communication,
        "payload_bytes": found.payload_bytes,
        "targets": "ratio at least 0.9, communication at most 0.1",
    }


def main() -> None:
    """Measure what is asked for, or everything."""
    parser = argparse.ArgumentParser(description="Measure the training subnet.")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="nano")
    parser.add_argument("--tokens", type=int, default=5_000_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=4e-3, help="of AdamW and DiLoCo")
    parser.add_argument("--rate-sparse", type=float, default=8e-3, help="of SparseLoCo")
    parser.add_argument("--length", type=int, default=64)
    parser.add_argument("--out", type=Path, help="a folder for JSON and pictures")
    options = parser.parse_args()
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    vocabulary = Vocabulary.frozen(VOCABULARIES.get(options.preset, "english-4096"))
    corpus = Corpus.open(prepared("king-james", vocabulary), options.length)
    parts = {
        "learning": learning_part,
        "poison": poison_part,
        "pay": pay_part,
        "speed": speed_part,
    }
    document = {name: parts[name](options, corpus) for name in options.only or PARTS}
    raw = orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"
    sys.stdout.buffer.write(raw)
    if options.out:
        (options.out / "training.json").write_bytes(raw)


if __name__ == "__main__":
    main()
