"""Who is registered where, and where they answer."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, blake2_128_concat, identity, twox_64_concat
from taonet.pallets.subtensor.types import H160, AxonInfo, NeuronCertificate, PrometheusInfo
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Uid
from taonet.scale.types import pair, u64

ZERO = AccountId.zero()


class Neurons(Pallet, prefix="SubtensorModule"):
    """Who is registered where, and where they answer."""

    uids = OptionMap(
        identity(NetUid), blake2_128_concat(AccountId), value=Uid, doc="Uid of a hotkey."
    )
    keys = StorageMap(
        identity(NetUid), identity(Uid), value=AccountId, default=ZERO, doc="Hotkey of a uid."
    )
    is_network_member = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=bool,
        default=False,
        doc="Whether a hotkey is registered in a subnet.",
    )
    block_at_registration = StorageMap(
        identity(NetUid),
        identity(Uid),
        value=u64,
        default=0,
        doc="Block at which the neuron was registered.",
    )
    axons = OptionMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=AxonInfo,
        doc="Where a neuron answers.",
    )
    neuron_certificates = OptionMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=NeuronCertificate,
        doc="Public key of a neuron's TLS certificate.",
    )
    prometheus = OptionMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=PrometheusInfo,
        doc="Where a neuron shows its metrics.",
    )
    associated_evm_address = OptionMap(
        twox_64_concat(NetUid),
        twox_64_concat(Uid),
        value=pair(H160, u64),
        doc="Ethereum address of a neuron and the block at which it was proven.",
    )
