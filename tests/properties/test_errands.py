"""The longer affairs of the random networks come to their ends, and to nobody's harm."""

from collections import Counter
from random import Random

from taonet.frame.dispatch_outcome import Ok
from taonet.pallets.fine_tuning.events import JobSettled
from taonet.pallets.multisig import MultisigExecuted
from taonet.pallets.proxy.events import ProxyExecuted
from tests.properties.network import Network

STEPS, SEED = 900, 7


def test_errands_are_brought_to_an_end() -> None:
    network, ended = Network(), Counter[str]()
    errands = network.errands(Random(SEED))
    for step in range(STEPS):
        network.apply(*errands.next())
        if step % 12:
            continue
        for event in (deposited.event for deposited in network.state.events):
            match event:
                case ProxyExecuted(result=Ok()) | MultisigExecuted(result=Ok()):
                    ended[type(event).__name__] += 1
                case JobSettled(winners=winners):
                    ended["a prize" if winners else "no prize"] += 1
        network.block()
    network.end()
    assert min(ended[what] for what in ("ProxyExecuted", "MultisigExecuted", "a prize")) > 2, ended
