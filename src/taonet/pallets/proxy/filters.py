"""
What each kind of proxy may do, as a table that the chain obeys and clients may ask for.

A rule names calls as `Pallet.call`, or `Pallet.*` for all of a pallet's. A kind that is allowed a
list may do nothing else; one that is denied a list may do everything else.

Source: subtensor runtime/src/lib.rs `define_proxy_filters!` and `InstanceFilter` @ 14bc6f9.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from taonet.frame.call import Call
from taonet.pallets.proxy.types import ProxyDefinition, ProxyType
from taonet.scale.types import CLike, c_like

SMALL_TRANSFER_RAO: Final = 500_000_000
"""A small transfer is of less than half a TAO, or half of a subnet's alpha."""


@c_like("subtensor_runtime_common::FilterMode")
class FilterMode(CLike):
    """How a rule reads its list of calls."""

    ALLOW_ALL = 0
    DENY_ALL = 1
    ALLOW = 2
    DENY = 3


@dataclass(frozen=True)
class Below:
    """Only while an argument is less than a limit."""

    argument: str
    limit: int

    def holds(self, call: Call) -> bool:
        """Whether the call keeps to it."""
        return int(call.argument(self.argument)) < self.limit


@dataclass(frozen=True)
class Holding:
    """Only while the call that it holds is a certain one."""

    argument: str
    name: str

    def holds(self, call: Call) -> bool:
        """Whether the call keeps to it."""
        inner: Call = call.argument(self.argument)
        return inner.name == self.name


Condition = Below | Holding


@dataclass(frozen=True)
class Rule:
    """What one kind of proxy may do: `calls` with the condition on each, or None."""

    mode: FilterMode
    calls: Mapping[str, Condition | None]
    exceptions: tuple[str, ...] = ()

    def allows(self, call: Call) -> bool:
        """Whether a proxy of the kind may make the call itself; not what the call may hold."""
        if self.mode is FilterMode.ALLOW_ALL:
            return True
        if self.mode is FilterMode.DENY:
            return not self._names(call)
        if not self._names(call) or call.name in self.exceptions:
            return False
        condition = self.calls.get(call.name)
        return condition is None or condition.holds(call)

    def _names(self, call: Call) -> bool:
        return call.name in self.calls or f"{call.pallet}.*" in self.calls


def _calls(*names: str) -> Mapping[str, Condition | None]:
    """Calls without a condition; those of SubtensorModule by their names alone."""
    return {name if "." in name else f"SubtensorModule.{name}": None for name in names}


_ALL: Final = Rule(FilterMode.ALLOW_ALL, {})
_NOTHING: Final = Rule(FilterMode.DENY_ALL, {})

_NEW_COLDKEY: Final = (
    "announce_coldkey_swap",
    "swap_coldkey_announced",
    "clear_coldkey_swap_announcement",
    "dispute_coldkey_swap",
)
_ANY_NEW_COLDKEY: Final = ("schedule_swap_coldkey", "swap_coldkey", *_NEW_COLDKEY)

_OWNERS_PARAMETERS: Final = (
    "serving_rate_limit",
    "min_difficulty",
    "max_difficulty",
    "weights_version_key",
    "adjustment_alpha",
    "immunity_period",
    "min_allowed_weights",
    "kappa",
    "rho",
    "activity_cutoff",
    "network_registration_allowed",
    "network_pow_registration_allowed",
    "max_burn",
    "bonds_moving_average",
    "bonds_penalty",
    "commit_reveal_weights_enabled",
    "liquid_alpha_enabled",
    "alpha_values",
    "commit_reveal_weights_interval",
    "toggle_transfer",
    "subnet_emission_enabled",
    "min_childkey_take_per_subnet",
)

RULES: Final[Mapping[ProxyType, Rule]] = {
    ProxyType.ANY: _ALL,
    ProxyType.NON_TRANSFER: Rule(
        FilterMode.DENY, _calls("Balances.*", "transfer_stake", *_ANY_NEW_COLDKEY)
    ),
    ProxyType.NON_FUNGIBLE: Rule(
        FilterMode.DENY,
        _calls(
            "Balances.*",
            "add_stake",
            "add_stake_limit",
            "remove_stake",
            "remove_stake_limit",
            "remove_stake_full_limit",
            "unstake_all",
            "unstake_all_alpha",
            "swap_stake",
            "swap_stake_limit",
            "move_stake",
            "transfer_stake",
            "burned_register",
            "root_register",
            *_ANY_NEW_COLDKEY,
            "swap_hotkey",
            "swap_hotkey_v2",
        ),
    ),
    ProxyType.TRANSFER: Rule(
        FilterMode.ALLOW,
        _calls(
            "Balances.transfer_keep_alive",
            "Balances.transfer_allow_death",
            "Balances.transfer_all",
            "transfer_stake",
        ),
    ),
    ProxyType.SMALL_TRANSFER: Rule(
        FilterMode.ALLOW,
        {
            "Balances.transfer_keep_alive": Below("value", SMALL_TRANSFER_RAO),
            "Balances.transfer_allow_death": Below("value", SMALL_TRANSFER_RAO),
            "SubtensorModule.transfer_stake": Below("alpha_amount", SMALL_TRANSFER_RAO),
        },
    ),
    ProxyType.OWNER: Rule(
        FilterMode.ALLOW,
        _calls("AdminUtils.*", "set_subnet_identity", "update_symbol"),
        ("AdminUtils.sudo_set_sn_owner_hotkey", "AdminUtils.sudo_set_subnet_owner_hotkey"),
    ),
    ProxyType.NON_CRITICAL: Rule(
        FilterMode.DENY,
        _calls("dissolve_network", "root_register", "burned_register", "Sudo.*", *_NEW_COLDKEY),
    ),
    ProxyType.TRIUMVIRATE: _NOTHING,
    ProxyType.SENATE: _NOTHING,
    ProxyType.GOVERNANCE: _NOTHING,
    ProxyType.STAKING: Rule(
        FilterMode.ALLOW,
        _calls(
            "add_stake",
            "remove_stake",
            "unstake_all",
            "unstake_all_alpha",
            "swap_stake",
            "swap_stake_limit",
            "move_stake",
            "add_stake_limit",
            "remove_stake_limit",
            "remove_stake_full_limit",
            "set_root_claim_type",
        ),
    ),
    ProxyType.REGISTRATION: Rule(
        FilterMode.ALLOW, _calls("burned_register", "register", "register_limit")
    ),
    ProxyType.ROOT_WEIGHTS: _NOTHING,
    ProxyType.CHILD_KEYS: Rule(FilterMode.ALLOW, _calls("set_children", "set_childkey_take")),
    ProxyType.SUDO_UNCHECKED_SET_CODE: Rule(
        FilterMode.ALLOW, {"Sudo.sudo_unchecked_weight": Holding("call", "System.set_code")}
    ),
    ProxyType.SWAP_HOTKEY: Rule(FilterMode.ALLOW, _calls("swap_hotkey", "swap_hotkey_v2")),
    ProxyType.SUBNET_LEASE_BENEFICIARY: Rule(
        FilterMode.ALLOW,
        _calls("start_call", *(f"AdminUtils.sudo_set_{name}" for name in _OWNERS_PARAMETERS)),
    ),
    ProxyType.ROOT_CLAIM: Rule(FilterMode.ALLOW, _calls("claim_root")),
}
"""In the order in which clients are told."""


def is_superset(kind: ProxyType, other: ProxyType) -> bool:
    """Whether a proxy of `kind` may give away, and take back, proxies of the `other` kind."""
    if kind == other or kind is ProxyType.ANY:
        return True
    if other is ProxyType.ANY:
        return False
    if kind is ProxyType.NON_TRANSFER:
        return other not in (ProxyType.TRANSFER, ProxyType.SMALL_TRANSFER)
    return kind is ProxyType.TRANSFER and other is ProxyType.SMALL_TRANSFER


@dataclass(frozen=True)
class ProxyFilter:
    """What one proxy may do: its kind's rule, and nothing that would make it more than it is."""

    definition: ProxyDefinition

    def __call__(self, call: Call) -> bool:
        """Whether the proxy may make the call."""
        kind = self.definition.proxy_type
        if call.name in ("Proxy.add_proxy", "Proxy.remove_proxy"):
            if not is_superset(kind, call.argument("proxy_type")):
                return False
        elif call.name in ("Proxy.remove_proxies", "Proxy.kill_pure") and kind != ProxyType.ANY:
            return False
        return RULES[kind].allows(call)
