"""
Balance transfer (2048) and address mapping (2060).

Source: subtensor precompiles/src/{balance_transfer,address_mapping}.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.multi_address import AddressId
from taonet.pallets.admin_utils.events import PrecompileEnum
from taonet.pallets.evm.types import mirror_account, to_rao
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.runtime.precompiles.contract import Contract, Handle, failed, payable, view


def received(handle: Handle) -> int:
    """What came with the call, in rao."""
    try:
        return to_rao(handle.call.value)
    except OverflowError as error:
        raise failed("error converting balance from ETH to subtensor") from error


def _transfer(handle: Handle, destination: bytes) -> None:
    amount = received(handle)
    if amount:
        target = AddressId(AccountId(destination))
        handle.dispatch(handle.own, "Balances", "transfer_allow_death", target, Rao(amount))


BALANCE_TRANSFER: Final = Contract(
    2048, PrecompileEnum.BALANCE_TRANSFER, (payable("transfer(bytes32)", _transfer),)
)

ADDRESS_MAPPING: Final = Contract(
    2060,
    PrecompileEnum.ADDRESS_MAPPING,
    (view("addressMapping(address)", "bytes32", lambda _, address: mirror_account(address)),),
)
