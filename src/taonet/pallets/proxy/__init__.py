"""
Proxies: accounts that act for another one, within what the kind of proxy may do.

`PROXY_CLASSES` are the pallet on the wire, joined. `types` says which kinds there are, `filters`
what each may do, `storage` what is kept, `calls` what happens.
"""

from typing import Final

from taonet.frame.pallet import Pallet
from taonet.pallets.proxy.calls import Proxy
from taonet.pallets.proxy.storage import ProxyStorage

PROXY_INDEX: Final = 16
"""The pallet's place in the runtime."""

PROXY_CLASSES: Final[tuple[type[Pallet], ...]] = (Proxy, ProxyStorage)

__all__ = ["PROXY_CLASSES", "PROXY_INDEX", "Proxy"]
