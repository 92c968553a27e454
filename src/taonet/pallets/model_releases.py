"""
Releases of models that subnets trained, and which of them is served.

A subnet's owner, by coldkey or hotkey, publishes what a training run has come to: hashes of the
files, by which anyone finds them in a blob store, and the loss they were measured at. The newest is
served until the owner chooses another one; that is how a bad release is rolled back.

The real chain has no such pallet; its index is beyond those that the real chain has given out.
"""

from typing import Annotated, Final

from taonet.frame.dispatch_error import ModuleError
from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Constant, Event, Pallet, call
from taonet.frame.storage import OptionMap, StorageMap, identity, twox_64_concat
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import U32, Struct, bounded_bytes, byte_array, u32

MODEL_RELEASES_INDEX: Final = 201

ARCHITECTURE_BYTES_MAX: Final = 64
NUMBER_MAX: Final = 2**32 - 1

ContentHash = Annotated[bytes, byte_array(32)]
Architecture = Annotated[bytes, bounded_bytes(ARCHITECTURE_BYTES_MAX)]


class Release(Struct, path="taonet_model_releases::Release"):
    """
    A model. The hashes are SHA-256 of the files; `loss` is the validation loss in millionths of a
    nat a token, `window` the training window after which the checkpoint was taken.
    """

    publisher: AccountId
    block: U32
    window: U32
    architecture: Architecture
    tokenizer: ContentHash
    checkpoint: ContentHash
    gguf: ContentHash
    loss: U32


class Published(Event, index=0):
    """A subnet's model was released, and is served from now on."""

    netuid: NetUid
    number: U32
    checkpoint: ContentHash


class Chosen(Event, index=1):
    """A subnet's owner chose which release is served."""

    netuid: NetUid
    number: U32


class NotTheOwner(ModuleError, index=0):
    """Only the subnet's owner may do this, by its coldkey or its hotkey."""


class PublishedTooOften(ModuleError, index=1):
    """The subnet's last release is too recent; wait some blocks."""


class UnknownRelease(ModuleError, index=2):
    """The subnet has no release of that number, or has it no more."""


class TooManyReleases(ModuleError, index=3):
    """The subnet has used up the numbers of releases."""


class ModelReleases(Pallet, prefix="ModelReleases"):
    """What was released, by subnet and number, and what is served."""

    events = (Published, Chosen)
    errors = (NotTheOwner, PublishedTooOften, UnknownRelease, TooManyReleases)

    releases_kept = Constant(
        u32, 64, doc="How many releases of a subnet are kept; older ones are dropped."
    )
    publish_interval = Constant(
        u32,
        lambda config: config.pick(50, 2),
        doc="The fewest blocks between two releases of a subnet.",
    )

    releases = OptionMap(
        identity(NetUid), twox_64_concat(u32), value=Release, doc="A subnet's releases by number."
    )
    next_number = StorageMap(
        identity(NetUid), value=u32, default=0, doc="Number of a subnet's next release."
    )
    current = OptionMap(
        identity(NetUid), value=u32, doc="Number of the release that a subnet's miners serve."
    )

    def __init__(self, system: System, subtensor: Subtensor) -> None:
        super().__init__(system.state)
        self._system = system
        self._networks = subtensor.networks
        subtensor.dissolution.listeners.append(self.forget_subnet)

    @call(index=0, weight=Weight(25_000_000, 4_000) + database_weight(reads=5, writes=4))
    def publish(
        self,
        origin: Origin,
        netuid: NetUid,
        window: U32,
        architecture: Architecture,
        tokenizer: ContentHash,
        checkpoint: ContentHash,
        gguf: ContentHash,
        loss: U32,
    ) -> None:
        """
        Release a model of your subnet, by the SHA-256 of its files, and have it served. The loss is
        in millionths of a nat a token.
        """
        publisher = self._ensure_owner(origin, netuid)
        number, block = self.next_number[netuid], self._system.number
        if number == NUMBER_MAX:
            raise TooManyReleases
        last = self.releases[netuid, number - 1] if number else None
        if last is not None and block < last.block + self.publish_interval:
            raise PublishedTooOften
        self.releases[netuid, number] = Release(
            publisher, block, window, architecture, tokenizer, checkpoint, gguf, loss
        )
        self.next_number[netuid] = number + 1
        self.current[netuid] = number
        if number >= self.releases_kept:
            self.releases[netuid, number - self.releases_kept] = None
        self.deposit_event(Published(netuid=netuid, number=number, checkpoint=checkpoint))

    @call(index=1, weight=Weight(15_000_000, 4_000) + database_weight(reads=4, writes=1))
    def choose(self, origin: Origin, netuid: NetUid, number: U32) -> None:
        """Have another release of your subnet served: an earlier one, or a later one again."""
        self._ensure_owner(origin, netuid)
        if self.releases[netuid, number] is None:
            raise UnknownRelease
        self.current[netuid] = number
        self.deposit_event(Chosen(netuid=netuid, number=number))

    def forget_subnet(self, netuid: NetUid) -> None:
        """Drop the releases of a subnet that ends."""
        self.releases.clear(netuid)
        del self.next_number[netuid]
        del self.current[netuid]

    def try_state(self) -> None:
        """What is served exists, and no more is kept than may be."""
        for netuid, number in self.current.items():
            assert self.releases[netuid, number] is not None, f"subnet {netuid} serves nothing"
            kept = sum(1 for _ in self.releases.under(netuid))
            assert kept <= self.releases_kept, f"subnet {netuid} keeps {kept} releases"

    def _ensure_owner(self, origin: Origin, netuid: NetUid) -> AccountId:
        who = ensure_signed(origin)
        owners = (
            self._networks.subnet_owner[netuid],
            self._networks.subnet_owner_hotkey[netuid],
        )
        if not self._networks.networks_added[netuid] or who not in owners:
            raise NotTheOwner
        return who
