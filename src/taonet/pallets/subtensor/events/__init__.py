"""The events of SubtensorModule, by concern; `EVENTS` holds all of them."""

from taonet.frame.pallet import declared_events
from taonet.pallets.subtensor.events import accounts, networks, parameters, stake, weights

EVENTS = tuple(
    event
    for module in (accounts, networks, parameters, stake, weights)
    for event in declared_events(module)
)
