"""
A day of a network of the real one's size, or a month of a small one:

    python -m tests.simulation day|month [BLOCKS]

Every block has its state root. All books are checked on the way, and the run fails if memory grows.
BLOCKS cuts it short; then memory is not judged. `make conformance` runs both in whole.
"""

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.simulation.long_run import DAY, MEMORY_SAMPLES, MONTH, Figures, run

PLANS = {"day": DAY, "month": MONTH}
MEMORY_GROWTH_MAX = 0.03
"""
How much more memory, as a part, the last third of a run may hold than its middle third. A leak of
one small object a block would be twice that in a month.
"""


def main(name: str, blocks: int | None = None) -> int:
    """Run a plan and say what it took; 1 if memory grew."""
    plan = PLANS[name]
    if blocks is not None:
        plan = replace(plan, blocks=blocks)
    with TemporaryDirectory() as folder:
        figures = run(plan, Path(folder))
    # A run that is cut short may still be filling its caches.
    grew = blocks is None and figures.memory_growth > MEMORY_GROWTH_MAX
    print(f"{name}: {summary(figures)}{'; MEMORY GROWS' if grew else ''}", flush=True)
    return int(grew)


def summary(figures: Figures) -> str:
    """What a run gave, in a line."""
    memory = figures.memory_mib
    return (
        f"{figures.blocks} blocks, {figures.epochs} epochs, {figures.calls_made} calls in "
        f"{figures.cpu_s:.0f} s of CPU ({figures.blocks_per_s:.1f} a second), all books right; "
        f"memory {' '.join(f'{m:.0f}' for m in memory[:: MEMORY_SAMPLES // 9])} MiB, "
        f"{figures.memory_growth:+.1%} from the middle third to the last "
        f"(at most {MEMORY_GROWTH_MAX:+.0%}); head 0x{figures.head.hex()}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None))
