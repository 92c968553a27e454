"""
The runtime APIs: what clients ask a state by `state_call`, a file for each trait.

A trait's methods are thin; what they answer is made in the files of the views (`metagraph`,
`dynamic_info`, `neuron_info`, …), which read storage and decide nothing.
"""

from typing import Any, Final

from taonet.frame.runtime_api import RuntimeApi
from taonet.runtime.runtime_apis.baskets import BetaBasketRuntimeApi
from taonet.runtime.runtime_apis.chain import CHAIN_APIS
from taonet.runtime.runtime_apis.delegates import DelegateInfoRuntimeApi
from taonet.runtime.runtime_apis.ethereum import (
    ConvertTransactionRuntimeApi,
    EthereumRuntimeRPCApi,
)
from taonet.runtime.runtime_apis.metadata import Metadata
from taonet.runtime.runtime_apis.neurons import NeuronInfoRuntimeApi
from taonet.runtime.runtime_apis.proxies import ProxyFilterRuntimeApi
from taonet.runtime.runtime_apis.registrations import SubnetRegistrationRuntimeApi
from taonet.runtime.runtime_apis.stakes import StakeInfoRuntimeApi
from taonet.runtime.runtime_apis.subnets import SubnetInfoRuntimeApi
from taonet.runtime.runtime_apis.swaps import SwapRuntimeApi

APIS: Final[tuple[type[RuntimeApi[Any]], ...]] = (
    *CHAIN_APIS,
    Metadata,
    EthereumRuntimeRPCApi,
    ConvertTransactionRuntimeApi,
    DelegateInfoRuntimeApi,
    NeuronInfoRuntimeApi,
    SubnetInfoRuntimeApi,
    StakeInfoRuntimeApi,
    SubnetRegistrationRuntimeApi,
    ProxyFilterRuntimeApi,
    SwapRuntimeApi,
    BetaBasketRuntimeApi,
)
"""Every trait; those that any chain of this kind has come first."""

__all__ = ["APIS"]
