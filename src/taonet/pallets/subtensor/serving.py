"""
Where neurons answer: axons, their certificates, and prometheus endpoints.

Source: subtensor pallets/subtensor/src/subnets/serving.rs @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.subtensor.errors import (
    HotKeyNotRegisteredInNetwork,
    InvalidIpAddress,
    InvalidIpType,
    InvalidPort,
    ServingRateLimitExceeded,
)
from taonet.pallets.subtensor.events.accounts import AxonServed, PrometheusServed
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import (
    CERTIFICATE_KEY_LIMIT,
    AxonInfo,
    NeuronCertificate,
    PrometheusInfo,
)
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import U8, U16, U32, U128

IPV4: Final = 4
IPV6: Final = 6
_IPV4_BROADCAST: Final = 2**32 - 1
_IPV4_LOCALHOST: Final = 0x7F000001
_IPV6_HIGHEST: Final = 2**128 - 1
_IPV6_LOCALHOST: Final = 1


@dataclass(frozen=True)
class Address:
    """An IP address as a number, its type (4 or 6), and a port."""

    ip: int
    port: int
    ip_type: int


def ensure_ip_type(address: Address) -> None:
    """Raises `InvalidIpType` unless the address is of type 4 or 6."""
    if address.ip_type not in (IPV4, IPV6):
        raise InvalidIpType


def ensure_ip_address(address: Address) -> None:
    """Raises `InvalidIpAddress` for the machine's own address and for what cannot be one."""
    if address.ip_type == IPV4 and (address.ip >= _IPV4_BROADCAST or address.ip == _IPV4_LOCALHOST):
        raise InvalidIpAddress
    if address.ip_type == IPV6 and address.ip in (_IPV6_HIGHEST, _IPV6_LOCALHOST):
        raise InvalidIpAddress


def certificate_from(raw: bytes) -> NeuronCertificate | None:
    """The algorithm's byte and the key behind it; None for what is no certificate."""
    if not 1 <= len(raw) <= CERTIFICATE_KEY_LIMIT + 1:
        return None
    return NeuronCertificate(public_key=raw[1:], algorithm=raw[0])


class Serving(Pallet, prefix="SubtensorModule"):
    """Announcements of endpoints, by the hotkeys themselves."""

    def __init__(self, storage: Storage, system: System) -> None:
        super().__init__(storage.state)
        self._neurons = storage.neurons
        self._parameters = storage.hyperparameters
        self._system = system

    @call(
        index=4,
        weight=Weight(31_278_000, 4178) + database_weight(reads=3, writes=1),
        pays=Pays.NO,
    )
    def serve_axon(  # noqa: PLR0913
        self,
        origin: Origin,
        netuid: NetUid,
        version: U32,
        ip: U128,
        port: U16,
        ip_type: U8,
        protocol: U8,
        placeholder1: U8,
        placeholder2: U8,
    ) -> None:
        """Announce where your neuron answers; signed by its hotkey. An IP of 0 withdraws it."""
        hotkey = ensure_signed(origin)
        self.ensure_axon(hotkey, netuid, Address(ip, port, ip_type))
        axon = AxonInfo(
            self._system.number, version, ip, port, ip_type, protocol, placeholder1, placeholder2
        )
        self._store(hotkey, netuid, axon)

    @call(
        index=40,
        weight=Weight(30_617_000, 4149) + database_weight(reads=3, writes=1),
        pays=Pays.NO,
    )
    def serve_axon_tls(  # noqa: PLR0913
        self,
        origin: Origin,
        netuid: NetUid,
        version: U32,
        ip: U128,
        port: U16,
        ip_type: U8,
        protocol: U8,
        placeholder1: U8,
        placeholder2: U8,
        certificate: bytes,
    ) -> None:
        """
        Announce where your neuron answers and the public key of its TLS certificate, behind a byte
        that names the algorithm; at most 65 bytes, longer ones are dropped.
        """
        hotkey = ensure_signed(origin)
        self.ensure_axon(hotkey, netuid, Address(ip, port, ip_type))
        known = certificate_from(certificate)
        if known is not None:
            self._neurons.neuron_certificates[netuid, hotkey] = known
        axon = AxonInfo(
            self._system.number, version, ip, port, ip_type, protocol, placeholder1, placeholder2
        )
        self._store(hotkey, netuid, axon)

    @call(
        index=5,
        weight=Weight(29_294_000, 4277) + database_weight(reads=3, writes=1),
        pays=Pays.NO,
    )
    def serve_prometheus(
        self, origin: Origin, netuid: NetUid, version: U32, ip: U128, port: U16, ip_type: U8
    ) -> None:
        """Announce where your neuron shows its metrics; signed by its hotkey."""
        hotkey = ensure_signed(origin)
        self.ensure_prometheus(hotkey, netuid, Address(ip, port, ip_type))
        self._neurons.prometheus[netuid, hotkey] = PrometheusInfo(
            self._system.number, version, ip, port, ip_type
        )
        self.deposit_event(PrometheusServed(netuid, hotkey))

    def ensure_axon(self, hotkey: AccountId, netuid: NetUid, address: Address) -> None:
        """Raises what `serve_axon` would; writes nothing."""
        if (netuid, hotkey) not in self._neurons.uids:
            raise HotKeyNotRegisteredInNetwork
        ensure_ip_type(address)
        ensure_ip_address(address)
        axon = self._neurons.axons[netuid, hotkey]
        self._ensure_not_too_soon(netuid, axon.block if axon else 0)
        if address.port == 0:
            raise InvalidPort

    def ensure_prometheus(self, hotkey: AccountId, netuid: NetUid, address: Address) -> None:
        """Raises what `serve_prometheus` would; writes nothing."""
        ensure_ip_type(address)
        ensure_ip_address(address)
        if address.ip == 0:
            raise InvalidIpAddress
        if (netuid, hotkey) not in self._neurons.uids:
            raise HotKeyNotRegisteredInNetwork
        former = self._neurons.prometheus[netuid, hotkey]
        self._ensure_not_too_soon(netuid, former.block if former else 0)
        if address.port == 0:
            raise InvalidPort

    def _ensure_not_too_soon(self, netuid: NetUid, last: int) -> None:
        limit = self._parameters.serving_rate_limit[netuid]
        if limit and last and self._system.number - last < limit:
            raise ServingRateLimitExceeded

    def _store(self, hotkey: AccountId, netuid: NetUid, axon: AxonInfo) -> None:
        self._neurons.axons[netuid, hotkey] = axon
        self.deposit_event(AxonServed(netuid, hotkey))
