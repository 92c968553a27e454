"""
A day of a network of the real one's size, or a month of a small one:

    python -m tests.simulation day|month [BLOCKS]

Checks all books on the way, and fails if memory grows. BLOCKS cuts the run short.
"""

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.simulation.long_run import DAY, MONTH, run

PLANS = {"day": DAY, "month": MONTH}
GROWTH_MAX = 1.1
"""How much more memory the end may take than a third of the way; caches are full by then."""


def main(name: str, blocks: int | None = None) -> int:
    """Run a plan and say what it took; 1 if memory grew."""
    plan = PLANS[name]
    if blocks is not None:
        plan = replace(plan, blocks=blocks)
    with TemporaryDirectory() as folder:
        figures = run(plan, Path(folder))
    memory = figures.memory_mib
    growth = memory[-1] / memory[len(memory) // 3]
    whole = PLANS[name].blocks / figures.blocks_per_s
    print(
        f"{name}: {figures.blocks} blocks, {figures.epochs} epochs, {figures.calls_made} calls in "
        f"{figures.cpu_s:.1f} s of CPU ({figures.blocks_per_s:.1f} a second; {PLANS[name].blocks} "
        f"would take {whole:.0f} s); memory {' '.join(f'{m:.0f}' for m in memory)} MiB; head "
        f"0x{figures.head.hex()}"
    )
    return int(growth > GROWTH_MAX)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None))
