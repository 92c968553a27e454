"""
What miners and validators share.

Read `subnet` (what an author writes), then the two ends of a request, `axon` and `dendrite`, then
the two loops, `miner_loop` and `validator_loop`, then `score_book` and `weight_setter`. `chain` is
all that is known of the blockchain. `simulate` runs a subnet without any of it.
"""

from taonet.neuron.message import Items, Length, Message, Range
from taonet.neuron.score import Score
from taonet.neuron.simulate import Simulation, simulate
from taonet.neuron.subnet import Miner, Stream, Streamed, StreamingMiner, Subnet, Validator

__all__ = [
    "Items",
    "Length",
    "Message",
    "Miner",
    "Range",
    "Score",
    "Simulation",
    "Stream",
    "Streamed",
    "StreamingMiner",
    "Subnet",
    "Validator",
    "simulate",
]
