"""
Whatever is called, by whom and in which order, the economy's books agree after every block.

`TAONET_EXAMPLES` is how many chains are tried, at random; without it sixty are, some four thousand
calls, the same each time. A failure prints the calls that led to it, cut down to the fewest, and
how to reproduce them.
"""

import os
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from taonet.frame.call import Call
from taonet.frame.origin import Origin
from tests.properties.network import Network

EXAMPLES = os.environ.get("TAONET_EXAMPLES")
DEFAULT_EXAMPLES, STEPS = 60, 50

randoms = st.randoms(use_true_random=False)


class Economy(RuleBasedStateMachine):
    """Calls in the blocks of one small network; `Network` checks each call and each block."""

    def __init__(self) -> None:
        super().__init__()
        self.network = Network()

    def make(self, call: Call, origin: Origin) -> None:
        """Make a call, and let a failing example say which."""
        error = self.network.apply(call, origin)
        outcome = "done" if error is None else type(error).__name__
        print(f"    # block {self.network.number}: {origin} {call.name}{call.arguments}: {outcome}")

    @rule(random=randoms, count=st.integers(1, 4))
    def people_move_money(self, random: Random, count: int) -> None:
        for _ in range(count):
            self.make(*self.network.maker(random).honest())

    @rule(random=randoms, count=st.integers(1, 4))
    def anyone_calls_anything(self, random: Random, count: int) -> None:
        for _ in range(count):
            self.make(*self.network.maker(random).any())

    @rule(random=randoms, count=st.integers(1, 6))
    def people_act_for_others_and_work(self, random: Random, count: int) -> None:
        for _ in range(count):
            self.make(*self.network.errands(random).next())

    @rule(random=randoms)
    def someone_sets_a_parameter(self, random: Random) -> None:
        self.make(*self.network.maker(random).parameters())

    @rule(count=st.integers(1, 6))
    def blocks_pass(self, count: int) -> None:
        for _ in range(count):
            self.network.block()

    def teardown(self) -> None:
        """The last block's books count too."""
        self.network.end()


Economy.TestCase.settings = settings(
    max_examples=int(EXAMPLES or DEFAULT_EXAMPLES),
    stateful_step_count=STEPS,
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestEconomy = Economy.TestCase
