"""
What coldkeys and subnets say about themselves.

Source: subtensor pallets/subtensor/src/utils/identity.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.errors import (
    HotKeyNotRegisteredInNetwork,
    InvalidIdentity,
    NotSubnetOwner,
)
from taonet.pallets.subtensor.events.accounts import ChainIdentitySet
from taonet.pallets.subtensor.events.networks import SubnetIdentitySet
from taonet.pallets.subtensor.hotkeys import Hotkeys
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import ChainIdentityV2, SubnetIdentityV3
from taonet.primitives.units import NetUid

SHORT_TEXT: Final = 256
LONG_TEXT: Final = 1024
"""The longest texts of an identity, in bytes."""


def ensure_identity(identity: ChainIdentityV2) -> None:
    """Raises `InvalidIdentity` if a text is too long."""
    short = (identity.name, identity.url, identity.github_repo, identity.discord)
    long = (identity.image, identity.description, identity.additional)
    _ensure_lengths(short, long)


def ensure_subnet_identity(identity: SubnetIdentityV3) -> None:
    """Raises `InvalidIdentity` if a text is too long."""
    short = (identity.subnet_name, identity.discord)
    long = (
        identity.github_repo,
        identity.subnet_contact,
        identity.subnet_url,
        identity.description,
        identity.logo_url,
        identity.additional,
    )
    _ensure_lengths(short, long)


def _ensure_lengths(short: tuple[bytes, ...], long: tuple[bytes, ...]) -> None:
    if max(map(len, short)) > SHORT_TEXT or max(map(len, long)) > LONG_TEXT:
        raise InvalidIdentity


class Identities(Pallet, prefix="SubtensorModule"):
    """Identities, set by those whom they describe."""

    def __init__(self, storage: Storage, hotkeys: Hotkeys) -> None:
        super().__init__(storage.state)
        self._accounts = storage.accounts
        self._networks = storage.networks
        self._hotkeys = hotkeys

    @call(index=68, weight=Weight(32_040_000, 6829) + database_weight(reads=3, writes=1))
    def set_identity(
        self,
        origin: Origin,
        name: bytes,
        url: bytes,
        github_repo: bytes,
        image: bytes,
        discord: bytes,
        description: bytes,
        additional: bytes,
    ) -> None:
        """Say who you are; one of your hotkeys must be registered somewhere."""
        coldkey = ensure_signed(origin)
        owned = self._accounts.owned_hotkeys[coldkey]
        if not any(map(self._hotkeys.is_registered_anywhere, owned)):
            raise HotKeyNotRegisteredInNetwork
        identity = ChainIdentityV2(name, url, github_repo, image, discord, description, additional)
        ensure_identity(identity)
        self._accounts.identities_v2[coldkey] = identity
        self.deposit_event(ChainIdentitySet(coldkey))

    @call(index=78, weight=Weight(17_513_000, 4060) + database_weight(reads=1, writes=1))
    def set_subnet_identity(  # noqa: PLR0913
        self,
        origin: Origin,
        netuid: NetUid,
        subnet_name: bytes,
        github_repo: bytes,
        subnet_contact: bytes,
        subnet_url: bytes,
        discord: bytes,
        description: bytes,
        logo_url: bytes,
        additional: bytes,
    ) -> None:
        """Say what your subnet is."""
        if self._networks.subnet_owner[netuid] != ensure_signed(origin):
            raise NotSubnetOwner
        identity = SubnetIdentityV3(
            subnet_name,
            github_repo,
            subnet_contact,
            subnet_url,
            discord,
            description,
            logo_url,
            additional,
        )
        self.store(netuid, identity)

    def store(self, netuid: NetUid, identity: SubnetIdentityV3) -> None:
        """Keep a subnet's identity; raises `InvalidIdentity`."""
        ensure_subnet_identity(identity)
        self._networks.subnet_identities_v3[netuid] = identity
        self.deposit_event(SubnetIdentitySet(netuid))
