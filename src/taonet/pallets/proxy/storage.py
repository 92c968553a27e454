"""
Who acts for whom, what is announced, and who pays; no behaviour.

Source: subtensor pallets/proxy/src/lib.rs, runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.dispatch_outcome import DispatchResult
from taonet.frame.pallet import Constant, Pallet
from taonet.frame.storage import OptionMap, StorageMap, twox_64_concat
from taonet.pallets.deposit import storage_deposit
from taonet.pallets.proxy.types import Announcement, ProxyDefinition
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import pair, u32, unit, vec

PROXIES_MAX: Final = 20
PENDING_MAX: Final = 75

NO_PROXIES: Final[tuple[tuple[ProxyDefinition, ...], Rao]] = ((), Rao(0))
NO_ANNOUNCEMENTS: Final[tuple[tuple[Announcement, ...], Rao]] = ((), Rao(0))


class ProxyStorage(Pallet, prefix="Proxy"):
    """Proxies and announcements with the deposits for them."""

    proxies = StorageMap(
        twox_64_concat(AccountId),
        value=pair(vec(ProxyDefinition, PROXIES_MAX), Rao),
        default=NO_PROXIES,
        doc="The proxies of an account, in order, and what is reserved for them.",
    )
    announcements = StorageMap(
        twox_64_concat(AccountId),
        value=pair(vec(Announcement, PENDING_MAX), Rao),
        default=NO_ANNOUNCEMENTS,
        doc="The announcements made by the proxy (key), and what is reserved for them.",
    )
    last_call_result = OptionMap(
        twox_64_concat(AccountId),
        value=DispatchResult,
        doc="The result of the last call made for the account (key) in this block.",
    )
    real_pays_fee = OptionMap(
        twox_64_concat(AccountId),
        twox_64_concat(AccountId),
        value=unit,
        doc="There is an entry where the account (first key) pays the fees of its proxy (second).",
    )

    proxy_deposit_base = Constant(
        Rao, storage_deposit(1, 40), doc="What is reserved of an account for having proxies."
    )
    proxy_deposit_factor = Constant(
        Rao, storage_deposit(0, 33), doc="What is reserved of an account for each proxy."
    )
    max_proxies = Constant(u32, PROXIES_MAX, doc="How many proxies an account may have.")
    max_pending = Constant(u32, PENDING_MAX, doc="How many announcements a proxy may have open.")
    announcement_deposit_base = Constant(
        Rao, storage_deposit(1, 16), doc="What is reserved of a proxy for announcing calls."
    )
    announcement_deposit_factor = Constant(
        Rao, storage_deposit(0, 68), doc="What is reserved of a proxy for each announcement."
    )

    def proxies_deposit(self, count: int) -> Rao:
        """What so many proxies cost the account that they act for."""
        each = int(self.proxy_deposit_factor)
        return Rao(int(self.proxy_deposit_base) + each * count if count else 0)

    def announcements_deposit(self, count: int) -> Rao:
        """What so many open announcements cost the proxy."""
        each = int(self.announcement_deposit_factor)
        return Rao(int(self.announcement_deposit_base) + each * count if count else 0)

    def try_state(self) -> None:
        """Lists are in order, without doubles, and reserve what their length says."""
        for who, (proxies, deposit) in self.proxies.items():
            ranks = [definition.rank for definition in proxies]
            assert ranks == sorted(set(ranks)), f"proxies of {who.hex()} are in disorder"
            assert proxies, f"{who.hex()} has an entry without proxies"
            assert who not in [p.delegate for p in proxies], f"{who.hex()} is its own proxy"
            assert deposit == self.proxies_deposit(len(proxies)), f"proxies of {who.hex()}"
        for who, (announced, deposit) in self.announcements.items():
            assert announced, f"{who.hex()} has an entry without announcements"
            expected = self.announcements_deposit(len(announced))
            assert deposit == expected, f"announcements of {who.hex()}"
