"""
Everything that SubtensorModule stores, grouped by concern; no behaviour.

`Storage(state)` holds one view of each group: `storage.hyperparameters.tempo[netuid]`.
"""

from taonet.frame.pallet import Pallet
from taonet.frame.state import State
from taonet.pallets.subtensor.constants import Constants
from taonet.pallets.subtensor.storage.accounts import Accounts
from taonet.pallets.subtensor.storage.announced import Announced
from taonet.pallets.subtensor.storage.children import Children
from taonet.pallets.subtensor.storage.delegation import Delegation
from taonet.pallets.subtensor.storage.emission import Emission
from taonet.pallets.subtensor.storage.epochs import Epochs
from taonet.pallets.subtensor.storage.flows import Flows
from taonet.pallets.subtensor.storage.global_parameters import GlobalParameters
from taonet.pallets.subtensor.storage.hyperparameters import Hyperparameters
from taonet.pallets.subtensor.storage.key_swaps import KeySwaps
from taonet.pallets.subtensor.storage.leases import Leases
from taonet.pallets.subtensor.storage.locks import Locks
from taonet.pallets.subtensor.storage.networks import Networks
from taonet.pallets.subtensor.storage.neurons import Neurons
from taonet.pallets.subtensor.storage.pools import Pools
from taonet.pallets.subtensor.storage.rate_limits import RateLimits
from taonet.pallets.subtensor.storage.registrations import Registrations
from taonet.pallets.subtensor.storage.root_claims import RootClaims
from taonet.pallets.subtensor.storage.scores import Scores
from taonet.pallets.subtensor.storage.stake import Stake
from taonet.pallets.subtensor.storage.voting_power import VotingPower
from taonet.pallets.subtensor.storage.weights import Weights

STORAGE_CLASSES: tuple[type[Pallet], ...] = (
    Constants,
    Accounts,
    Announced,
    Children,
    Delegation,
    Emission,
    Epochs,
    Flows,
    GlobalParameters,
    Hyperparameters,
    KeySwaps,
    Leases,
    Locks,
    Networks,
    Neurons,
    Pools,
    RateLimits,
    Registrations,
    RootClaims,
    Scores,
    Stake,
    VotingPower,
    Weights,
)


class Storage:
    """Views of all groups over one state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.constants = Constants(state)
        self.accounts = Accounts(state)
        self.children = Children(state)
        self.delegation = Delegation(state)
        self.emission = Emission(state)
        self.epochs = Epochs(state)
        self.flows = Flows(state)
        self.global_parameters = GlobalParameters(state)
        self.hyperparameters = Hyperparameters(state)
        self.key_swaps = KeySwaps(state)
        self.leases = Leases(state)
        self.locks = Locks(state)
        self.networks = Networks(state)
        self.neurons = Neurons(state)
        self.pools = Pools(state)
        self.rate_limits = RateLimits(state)
        self.registrations = Registrations(state)
        self.root_claims = RootClaims(state)
        self.scores = Scores(state)
        self.stake = Stake(state)
        self.voting_power = VotingPower(state)
        self.weights = Weights(state)
