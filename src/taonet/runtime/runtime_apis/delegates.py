"""
Delegates, as clients ask for them.

Source: subtensor pallets/subtensor/runtime-api/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.runtime_api import RuntimeApi, api
from taonet.primitives.ids import AccountId
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.delegate_info import Delegated, DelegateInfo, DelegateReader


class DelegateInfoRuntimeApi(RuntimeApi[Runtime], version=1):
    """Hotkeys that set a take, and who stakes on them."""

    @api
    def get_delegates(self) -> tuple[DelegateInfo, ...]:
        """All delegates."""
        return DelegateReader(self.runtime).all()

    @api
    def get_delegate(self, delegate_account: AccountId) -> DelegateInfo | None:
        """One delegate."""
        return DelegateReader(self.runtime).one(delegate_account)

    @api
    def get_delegated(self, delegatee_account: AccountId) -> Delegated:
        """The delegates on whom a coldkey has stake, and how much."""
        return DelegateReader(self.runtime).of_coldkey(delegatee_account)
