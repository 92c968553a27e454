"""
Neurons, as clients ask for them.

Source: subtensor pallets/subtensor/runtime-api/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.runtime_api import RuntimeApi, api
from taonet.primitives.units import NetUid, Uid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.neuron_info import (
    NeuronInfo,
    NeuronInfoLite,
    neuron,
    neuron_lite,
    neurons,
    neurons_lite,
)


class NeuronInfoRuntimeApi(RuntimeApi[Runtime], version=1):
    """Neurons of a subnet."""

    @api
    def get_neurons(self, netuid: NetUid) -> tuple[NeuronInfo, ...]:
        """A subnet's neurons with their weights and bonds."""
        return neurons(self.runtime, netuid)

    @api
    def get_neuron(self, netuid: NetUid, uid: Uid) -> NeuronInfo | None:
        """One neuron with its weights and bonds."""
        return neuron(self.runtime, netuid, uid)

    @api
    def get_neurons_lite(self, netuid: NetUid) -> tuple[NeuronInfoLite, ...]:
        """A subnet's neurons."""
        return neurons_lite(self.runtime, netuid)

    @api
    def get_neuron_lite(self, netuid: NetUid, uid: Uid) -> NeuronInfoLite | None:
        """One neuron."""
        return neuron_lite(self.runtime, netuid, uid)
