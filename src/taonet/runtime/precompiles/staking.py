"""
Staking: version 2 (2053) counts in rao, the older one (2049) in wei that come with the call.

Allowances of stake are of a pair of spender and subnet, and end with the subnet's registration.

Source: subtensor precompiles/src/staking.rs @ 14bc6f9.
"""

from typing import Any, Final

from taonet.frame.call import Call
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Signed
from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, blake2_128_concat
from taonet.pallets.admin_utils.events import PrecompileEnum
from taonet.pallets.evm.types import U256, WEI_PER_RAO, mirror_account, to_rao
from taonet.pallets.proxy.types import ProxyType
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.runtime.pallets import CALLS
from taonet.runtime.precompiles.contract import (
    Contract,
    Handle,
    Method,
    acting,
    amount_of,
    failed,
    netuid_of,
    payable,
    refused,
    view,
)
from taonet.runtime.precompiles.money import received
from taonet.scale.types import triple, u16, u64

_WORD_MAX = 2**256 - 1
_U64_MAX = 2**64 - 1
MODULE: Final = "SubtensorModule"


class Allowances(Pallet, prefix="EvmPrecompileStaking"):
    """How much stake an address may move for another; no pallet on the wire."""

    allowances = StorageMap(
        blake2_128_concat(H160),
        blake2_128_concat(triple(H160, u16, u64)),
        value=U256,
        default=U256.of(0),
        doc="By who approves, and by spender, subnet and the subnet's registration.",
    )

    def of(self, source: bytes, key: tuple[H160, int, int]) -> int:
        """What is left of an allowance."""
        return int(self.allowances[H160(source), key])

    def store(self, source: bytes, key: tuple[H160, int, int], amount: int) -> None:
        """Write it; none is not kept."""
        if amount:
            self.allowances[H160(source), key] = U256.of(amount)
        else:
            del self.allowances[H160(source), key]


def _key(handle: Handle, spender: bytes, netuid: NetUid) -> tuple[H160, int, int]:
    counter = handle.runtime.subtensor.networks.registered_subnet_counter[netuid]
    return H160(spender), int(netuid), counter


def _call(handle: Handle, name: str, *arguments: Any) -> None:
    handle.dispatch(handle.caller, MODULE, name, *arguments)


def _add_stake(handle: Handle, hotkey: bytes, amount: int, netuid: int) -> None:
    _call(handle, "add_stake", AccountId(hotkey), netuid_of(netuid), Rao(amount_of(amount)))


def _remove_stake(handle: Handle, hotkey: bytes, amount: int, netuid: int) -> None:
    _call(handle, "remove_stake", AccountId(hotkey), netuid_of(netuid), Alpha(amount_of(amount)))


def _remove_full(handle: Handle, hotkey: bytes, netuid: int) -> None:
    _call(handle, "remove_stake_full_limit", AccountId(hotkey), netuid_of(netuid), None)


def _remove_full_limit(handle: Handle, hotkey: bytes, netuid: int, price: int) -> None:
    if price > _U64_MAX:
        raise failed("the value is outside of u64 bounds")
    _call(handle, "remove_stake_full_limit", AccountId(hotkey), netuid_of(netuid), Rao(price))


def _move_stake(
    handle: Handle, origin: bytes, destination: bytes, source: int, target: int, amount: int
) -> None:
    _call(
        handle,
        "move_stake",
        AccountId(origin),
        AccountId(destination),
        netuid_of(source),
        netuid_of(target),
        Alpha(amount_of(amount)),
    )


def _transfer_stake(
    handle: Handle, coldkey: bytes, hotkey: bytes, source: int, target: int, amount: int
) -> None:
    _transfer_for(handle, handle.caller, AccountId(coldkey), hotkey, (source, target), amount)


def _transfer_for(
    handle: Handle,
    who: AccountId,
    coldkey: AccountId,
    hotkey: bytes,
    netuids: tuple[int, int],
    amount: int,
) -> None:
    handle.dispatch(
        who,
        MODULE,
        "transfer_stake",
        coldkey,
        AccountId(hotkey),
        netuid_of(netuids[0]),
        netuid_of(netuids[1]),
        Alpha(amount_of(amount)),
    )


def _burn_alpha(handle: Handle, hotkey: bytes, amount: int, netuid: int) -> None:
    _call(handle, "burn_alpha", AccountId(hotkey), Alpha(amount_of(amount)), netuid_of(netuid))


def _add_limit(
    handle: Handle, hotkey: bytes, amount: int, price: int, partial: Any, netuid: int
) -> None:
    subnet, staked, limit = netuid_of(netuid), Rao(amount_of(amount)), Rao(amount_of(price))
    _call(handle, "add_stake_limit", AccountId(hotkey), subnet, staked, limit, partial)


def _remove_limit(
    handle: Handle, hotkey: bytes, amount: int, price: int, partial: Any, netuid: int
) -> None:
    subnet, unstaked, limit = netuid_of(netuid), Alpha(amount_of(amount)), Rao(amount_of(price))
    _call(handle, "remove_stake_limit", AccountId(hotkey), subnet, unstaked, limit, partial)


def _total_of_coldkey(handle: Handle, coldkey: bytes) -> int:
    handle.reads(2)
    return int(handle.runtime.subtensor.staking.total_of_coldkey(AccountId(coldkey)))


def _total_of_coldkey_on_subnet(handle: Handle, coldkey: bytes, netuid: int) -> int:
    handle.reads(2)
    subnet = netuid_of(netuid)
    return int(handle.runtime.subtensor.staking.total_of_coldkey(AccountId(coldkey), subnet))


def _total_of_hotkey(handle: Handle, hotkey: bytes) -> int:
    handle.reads(2)
    return int(handle.runtime.subtensor.staking.total_of_hotkey(AccountId(hotkey)))


def _stake(handle: Handle, hotkey: bytes, coldkey: bytes, netuid: int) -> int:
    handle.reads(2)
    pools = handle.runtime.subtensor.staking.pools
    return int(pools.stake(AccountId(hotkey), AccountId(coldkey), netuid_of(netuid)))


def _total_alpha(handle: Handle, hotkey: bytes, netuid: int) -> int:
    handle.reads(2)
    return int(handle.runtime.subtensor.staking.pools.total(AccountId(hotkey), netuid_of(netuid)))


def _nominator_minimum(handle: Handle) -> int:
    handle.reads(2)
    return int(handle.runtime.subtensor.staking.nominator_minimum)


def _staked_validators(handle: Handle, hotkey: bytes, netuid: int) -> list[AccountId]:
    """The coldkeys that stake through a hotkey on a subnet."""
    subnet, found = netuid_of(netuid), []
    for _, coldkey, staked_on in handle.runtime.subtensor.staking.pools.holders(AccountId(hotkey)):
        handle.reads(1)
        if staked_on == subnet:
            found.append(coldkey)
    return found


def _approve(handle: Handle, spender: bytes, netuid: int, amount: int) -> None:
    handle.reads(1)
    handle.writes(1)
    key = _key(handle, spender, netuid_of(netuid))
    Allowances(handle.runtime.state).store(handle.call.caller, key, amount)


def _allowance(handle: Handle, source: bytes, spender: bytes, netuid: int) -> int:
    handle.reads(2)
    key = _key(handle, spender, netuid_of(netuid))
    return Allowances(handle.runtime.state).of(source, key)


def _change(handle: Handle, spender: bytes, netuid: int, delta: int) -> None:
    if not delta:
        return
    handle.reads(2)
    handle.writes(1)
    allowances = Allowances(handle.runtime.state)
    key = _key(handle, spender, netuid_of(netuid))
    amount = allowances.of(handle.call.caller, key) + delta
    allowances.store(handle.call.caller, key, min(max(amount, 0), _WORD_MAX))


def _increase(handle: Handle, spender: bytes, netuid: int, amount: int) -> None:
    _change(handle, spender, netuid, amount)


def _decrease(handle: Handle, spender: bytes, netuid: int, amount: int) -> None:
    _change(handle, spender, netuid, -amount)


def _transfer_from(
    handle: Handle,
    source: bytes,
    destination: bytes,
    hotkey: bytes,
    origin: int,
    target: int,
    amount: int,
) -> None:
    subnet = netuid_of(origin)
    if amount:
        handle.reads(2)
        handle.writes(1)
        allowances = Allowances(handle.runtime.state)
        key = _key(handle, handle.call.caller, subnet)
        left = allowances.of(source, key) - amount
        if left < 0:
            raise refused("trying to spend more than allowed")
        allowances.store(source, key, left)
    who, coldkey = mirror_account(source), mirror_account(destination)
    _transfer_for(handle, who, coldkey, hotkey, (origin, target), amount)


def _add_old(handle: Handle, hotkey: bytes, netuid: int) -> None:
    """Give back what came with the call, and stake it for the caller."""
    amount = received(handle)
    if handle.call.value:
        back = Call(
            *CALLS["Balances", "transfer_allow_death"], (AddressId(handle.caller), Rao(amount))
        )
        try:
            handle.runtime.apply(back, Signed(handle.own))
        except DispatchError as error:
            raise failed("Transfer back to caller failed") from error
    _add_stake(handle, hotkey, amount, netuid)


def _remove_old(handle: Handle, hotkey: bytes, amount: int, netuid: int) -> None:
    _remove_stake(handle, hotkey, to_rao(min(amount, _U64_MAX * WEI_PER_RAO)), netuid)


def _proxies() -> tuple[Method, ...]:
    """Proxies of the staking kind, without delay."""

    def change(name: str) -> Any:
        def run(handle: Handle, delegate: bytes) -> None:
            target = AddressId(AccountId(delegate))
            handle.dispatch(handle.caller, "Proxy", name, target, ProxyType.STAKING, 0)

        return run

    return (
        payable("addProxy(bytes32)", change("add_proxy")),
        payable("removeProxy(bytes32)", change("remove_proxy")),
    )


STAKING_V2: Final = Contract(
    2053,
    PrecompileEnum.STAKING,
    (
        payable("addStake(bytes32,uint256,uint256)", _add_stake),
        payable("removeStake(bytes32,uint256,uint256)", _remove_stake),
        payable("removeStakeFull(bytes32,uint256)", _remove_full),
        payable("removeStakeFullLimit(bytes32,uint256,uint256)", _remove_full_limit),
        payable("moveStake(bytes32,bytes32,uint256,uint256,uint256)", _move_stake),
        payable("transferStake(bytes32,bytes32,uint256,uint256,uint256)", _transfer_stake),
        payable("burnAlpha(bytes32,uint256,uint256)", _burn_alpha),
        payable("addStakeLimit(bytes32,uint256,uint256,bool,uint256)", _add_limit),
        payable("removeStakeLimit(bytes32,uint256,uint256,bool,uint256)", _remove_limit),
        view("getTotalColdkeyStake(bytes32)", "uint256", _total_of_coldkey),
        view("getTotalHotkeyStake(bytes32)", "uint256", _total_of_hotkey),
        view("getStake(bytes32,bytes32,uint256)", "uint256", _stake),
        view("getAlphaStakedValidators(bytes32,uint256)", "bytes32[]", _staked_validators),
        view("getTotalAlphaStaked(bytes32,uint256)", "uint256", _total_alpha),
        view("getNominatorMinRequiredStake()", "uint256", _nominator_minimum),
        view(
            "getTotalColdkeyStakeOnSubnet(bytes32,uint256)",
            "uint256",
            _total_of_coldkey_on_subnet,
        ),
        acting("approve(address,uint256,uint256)", _approve),
        view("allowance(address,address,uint256)", "uint256", _allowance),
        acting("increaseAllowance(address,uint256,uint256)", _increase),
        acting("decreaseAllowance(address,uint256,uint256)", _decrease),
        acting(
            "transferStakeFrom(address,address,bytes32,uint256,uint256,uint256)",
            _transfer_from,
        ),
        *_proxies(),
    ),
)

STAKING_V1: Final = Contract(
    2049,
    PrecompileEnum.STAKING,
    (
        payable("addStake(bytes32,uint256)", _add_old),
        payable("removeStake(bytes32,uint256,uint256)", _remove_old),
        view(
            "getTotalColdkeyStake(bytes32)",
            "uint256",
            lambda handle, key: _total_of_coldkey(handle, key) * WEI_PER_RAO,
        ),
        view(
            "getTotalHotkeyStake(bytes32)",
            "uint256",
            lambda handle, key: _total_of_hotkey(handle, key) * WEI_PER_RAO,
        ),
        view(
            "getStake(bytes32,bytes32,uint256)",
            "uint256",
            lambda handle, *keys: _stake(handle, *keys) * WEI_PER_RAO,
        ),
        *_proxies(),
    ),
)
