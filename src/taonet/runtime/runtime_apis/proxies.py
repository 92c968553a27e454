"""
What each kind of proxy may do, for wallets that offer only what will be allowed.

Source: subtensor common/src/lib.rs, pallets/subtensor/runtime-api/src/lib.rs @ 14bc6f9.
"""

from typing import Annotated

from taonet.frame.runtime_api import RuntimeApi, api
from taonet.pallets.proxy.filters import RULES, Below, Condition, FilterMode, Rule
from taonet.pallets.proxy.types import DEPRECATED, ProxyType
from taonet.runtime.pallets import CALLS, SPECS
from taonet.runtime.runtime import Runtime
from taonet.scale.types import U8, U128, Struct, TaggedUnion, option, type_of, vec


class ProxyTypeInfo(Struct, path="subtensor_runtime_common::ProxyTypeInfo"):
    """A kind of proxy."""

    name: bytes
    index: U8
    deprecated: bool


class CallCondition(TaggedUnion, path="subtensor_runtime_common::CallCondition"):
    """What must hold beyond the call being the one that is named."""


class ParamLessThan(CallCondition, index=0):
    """A numeric parameter must be less than this limit."""

    param_name: bytes
    limit: U128


class NestedCallMustBe(CallCondition, index=1):
    """The call inside must be this one."""

    pallet_name: bytes
    call_name: bytes


class CallInfo(Struct, path="subtensor_runtime_common::CallInfo"):
    """Which call is meant; without a name, all of the pallet's."""

    pallet_name: bytes
    pallet_index: U8
    call_name: bytes | None
    call_index: U8 | None
    condition: Annotated[CallCondition | None, option(type_of(CallCondition))]


class ProxyFilterInfo(Struct, path="subtensor_runtime_common::ProxyFilterInfo"):
    """What a kind of proxy may do."""

    proxy_type: U8
    name: bytes
    deprecated: bool
    filter_mode: FilterMode
    calls: Annotated[tuple[CallInfo, ...], vec(CallInfo)]
    exceptions: Annotated[tuple[CallInfo, ...], vec(CallInfo)]


class ProxyFilterRuntimeApi(RuntimeApi[Runtime]):
    """Kinds of proxies and what they may do."""

    @api
    def get_proxy_types(self) -> tuple[ProxyTypeInfo, ...]:
        """Every kind of proxy, by its number."""
        return tuple(ProxyTypeInfo(_name(kind), kind, kind in DEPRECATED) for kind in ProxyType)

    @api
    def get_proxy_filter(self, proxy_type: U8 | None) -> tuple[ProxyFilterInfo, ...]:
        """What one kind of proxy may do, or each; nothing of an unknown number."""
        return tuple(
            _filter_info(kind, rule)
            for kind, rule in RULES.items()
            if proxy_type in (None, int(kind))
        )


def _name(kind: ProxyType) -> bytes:
    return "".join(word.title() for word in kind.name.split("_")).encode()


def _filter_info(kind: ProxyType, rule: Rule) -> ProxyFilterInfo:
    return ProxyFilterInfo(
        proxy_type=kind,
        name=_name(kind),
        deprecated=kind in DEPRECATED,
        filter_mode=rule.mode,
        calls=tuple(_call_info(name, condition) for name, condition in rule.calls.items()),
        exceptions=tuple(_call_info(name, None) for name in rule.exceptions),
    )


def _call_info(name: str, condition: Condition | None) -> CallInfo:
    pallet, call_name = name.split(".")
    if call_name == "*":
        (index,) = (spec.index for spec in SPECS if spec.name == pallet)
        return CallInfo(pallet.encode(), index, None, None, None)
    spec, _, index = CALLS[pallet, call_name]
    told = None if condition is None else _condition(condition)
    return CallInfo(pallet.encode(), index, call_name.encode(), spec.index, told)


def _condition(condition: Condition) -> CallCondition:
    if isinstance(condition, Below):
        return ParamLessThan(condition.argument.encode(), condition.limit)
    pallet, call_name = condition.name.split(".")
    return NestedCallMustBe(pallet.encode(), call_name.encode())
