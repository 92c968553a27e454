"""What the EVM reports."""

from taonet.frame.pallet import Event
from taonet.pallets.evm.types import Log
from taonet.pallets.subtensor.types import H160


class Logged(Event, index=0, name="Log"):
    """Ethereum events from contracts."""

    log: Log


class Created(Event, index=1):
    """A contract has been created at given address."""

    address: H160


class CreatedFailed(Event, index=2):
    """A contract was attempted to be created, but the execution failed."""

    address: H160


class Executed(Event, index=3):
    """A contract has been executed successfully with states applied."""

    address: H160


class ExecutedFailed(Event, index=4):
    """A contract has been executed with errors; only gas fees were applied."""

    address: H160


EVENTS = (Logged, Created, CreatedFailed, Executed, ExecutedFailed)
