"""
What the module checks of a call before it is dispatched, and before it may wait in the pool.

A guard only reads. What it raises is the module's own error; the pool knows it by a number.

Source: subtensor pallets/subtensor/src/{guards,extensions} and common/src/transaction_error.rs
@ 14bc6f9.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from taonet.frame.call import Call
from taonet.frame.dispatch_error import ModuleError
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.subtensor.constants import SUBTENSOR_INDEX
from taonet.pallets.subtensor.errors import (
    AmountTooLow,
    ColdkeySwapAnnounced,
    ColdkeySwapDisputed,
    CommittingWeightsTooFast,
    DelegateTakeTooHigh,
    DelegateTakeTooLow,
    EvmKeyAssociateRateLimitExceeded,
    HotKeyAccountNotExists,
    HotKeyNotRegisteredInNetwork,
    HotKeyNotRegisteredInSubNet,
    InputLengthsUnequal,
    InsufficientLiquidity,
    InvalidIpAddress,
    InvalidPort,
    InvalidRevealRound,
    NetworkTxRateLimitExceeded,
    NonAssociatedColdKey,
    NotEnoughBalanceToStake,
    NotEnoughStakeToSetWeights,
    NotEnoughStakeToWithdraw,
    NoWeightsCommitFound,
    RevealTooEarly,
    ServingRateLimitExceeded,
    SettingWeightsTooFast,
    SlippageTooHigh,
    SubnetNotExists,
    TransferDisallowed,
)
from taonet.pallets.subtensor.evm_keys import EvmKeys
from taonet.pallets.subtensor.hotkeys import Hotkeys
from taonet.pallets.subtensor.mechanisms import MAIN, mechanism_index
from taonet.pallets.subtensor.rate_limiter import Limited, RateLimiter
from taonet.pallets.subtensor.serving import Address, Serving
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.weight_commits import WeightCommits, commit_hash_of
from taonet.pallets.subtensor.weight_setting import WeightSetting, WeightsVote
from taonet.primitives.ids import AccountId
from taonet.primitives.units import MechId, NetUid

CUSTOM_CODES: Final[Mapping[type[ModuleError], int]] = {
    ColdkeySwapAnnounced: 0,
    AmountTooLow: 1,
    NotEnoughStakeToSetWeights: 1,
    NotEnoughBalanceToStake: 2,
    SubnetNotExists: 3,
    HotKeyAccountNotExists: 4,
    NotEnoughStakeToWithdraw: 5,
    CommittingWeightsTooFast: 6,
    SettingWeightsTooFast: 6,
    NetworkTxRateLimitExceeded: 6,
    InsufficientLiquidity: 7,
    SlippageTooHigh: 8,
    TransferDisallowed: 9,
    HotKeyNotRegisteredInNetwork: 10,
    InvalidIpAddress: 11,
    ServingRateLimitExceeded: 12,
    InvalidPort: 13,
    InvalidRevealRound: 15,
    NoWeightsCommitFound: 16,
    RevealTooEarly: 17,
    InputLengthsUnequal: 18,
    HotKeyNotRegisteredInSubNet: 19,
    EvmKeyAssociateRateLimitExceeded: 20,
    ColdkeySwapDisputed: 21,
    NonAssociatedColdKey: 25,
    DelegateTakeTooLow: 26,
    DelegateTakeTooHigh: 27,
}
"""The pool's number of an error; 255 stands for all others."""

ALLOWED_DURING_SWAP: Final = frozenset(
    f"SubtensorModule.{name}"
    for name in (
        "announce_coldkey_swap",
        "swap_coldkey_announced",
        "dispute_coldkey_swap",
        "clear_coldkey_swap_announcement",
    )
) | {"MevShield.submit_encrypted"}
"""What a coldkey may still do once its swap has been announced."""

ONE_SUBNET: Final = frozenset(
    {
        "commit_weights",
        "commit_mechanism_weights",
        "reveal_weights",
        "reveal_mechanism_weights",
        "batch_reveal_weights",
        "set_weights",
        "set_mechanism_weights",
        "commit_timelocked_weights",
        "commit_timelocked_mechanism_weights",
        "commit_crv3_mechanism_weights",
    }
)
"""Calls about weights in one subnet."""

SEVERAL_SUBNETS: Final = frozenset({"batch_commit_weights", "batch_set_weights"})
"""Calls about weights in several subnets."""

Check = Callable[[AccountId, Call], None]


class Guards:
    """Checks calls by their names; a call that no guard knows passes."""

    def __init__(
        self,
        storage: Storage,
        hotkeys: Hotkeys,
        limiter: RateLimiter,
        serving: Serving,
        evm_keys: EvmKeys,
        setting: WeightSetting,
        commits: WeightCommits,
        known: Pulses,
    ) -> None:
        self._storage = storage
        self._hotkeys = hotkeys
        self._limiter = limiter
        self._serving = serving
        self._evm_keys = evm_keys
        self._setting = setting
        self._commits = commits
        self._known = known
        self._checks: dict[str, Check] = {
            "increase_take": self._check_take,
            "decrease_take": self._check_take,
            "serve_axon": self._check_axon,
            "serve_axon_tls": self._check_axon,
            "serve_prometheus": self._check_prometheus,
            "register_network": self._check_creation,
            "set_weights": self._check_setting,
            "set_mechanism_weights": self._check_setting,
            "commit_weights": self._check_commit,
            "commit_mechanism_weights": self._check_commit,
            "reveal_weights": self._check_reveal,
            "reveal_mechanism_weights": self._check_reveal,
            "batch_reveal_weights": self._check_batch_reveal,
            "commit_timelocked_weights": self._check_round,
            "commit_timelocked_mechanism_weights": self._check_round,
            "commit_crv3_mechanism_weights": self._check_round,
            "associate_evm_key": self._check_evm_key,
        }

    def check(self, who: AccountId, call: Call) -> None:
        """Raise the error that stands against `who` making `call`."""
        if who in self._storage.key_swaps.coldkey_swap_announcements:
            self._check_coldkey_swap(who, call)
        if call.pallet_index != SUBTENSOR_INDEX:
            return
        self._check_lengths(call)
        self._check_stake(who, call)
        check = self._checks.get(call.spec.name)
        if check is not None:
            check(who, call)

    def _check_coldkey_swap(self, who: AccountId, call: Call) -> None:
        if who in self._storage.key_swaps.coldkey_swap_disputes:
            raise ColdkeySwapDisputed
        if call.name not in ALLOWED_DURING_SWAP:
            raise ColdkeySwapAnnounced

    def _check_lengths(self, call: Call) -> None:
        if call.spec.name in SEVERAL_SUBNETS:
            lists = call.arguments
        elif call.spec.name == "batch_reveal_weights":
            lists = call.arguments[1:]
        else:
            return
        if len(set(map(len, lists))) > 1:
            raise InputLengthsUnequal

    def _check_stake(self, who: AccountId, call: Call) -> None:
        if call.spec.name in ONE_SUBNET:
            netuids = [call.argument("netuid")]
        elif call.spec.name in SEVERAL_SUBNETS:
            netuids = call.argument("netuids")
        else:
            return
        if not all(self._setting.has_stake(who, netuid) for netuid in netuids):
            raise NotEnoughStakeToSetWeights

    def _check_take(self, who: AccountId, call: Call) -> None:
        hotkey, take = call.arguments
        delegation = self._storage.delegation
        if take < delegation.min_delegate_take:
            raise DelegateTakeTooLow
        if take > delegation.max_delegate_take:
            raise DelegateTakeTooHigh
        self._hotkeys.ensure_owned(hotkey, who)

    def _check_axon(self, who: AccountId, call: Call) -> None:
        self._serving.ensure_axon(who, call.argument("netuid"), _address(call))

    def _check_prometheus(self, who: AccountId, call: Call) -> None:
        self._serving.ensure_prometheus(who, call.argument("netuid"), _address(call))

    def _check_creation(self, who: AccountId, call: Call) -> None:  # noqa: ARG002
        if not self._limiter.passes(Limited.REGISTER_NETWORK, who):
            raise NetworkTxRateLimitExceeded

    def _check_evm_key(self, who: AccountId, call: Call) -> None:
        self._evm_keys.ensure_not_too_soon(call.argument("netuid"), who)

    def _check_setting(self, who: AccountId, call: Call) -> None:
        netuid, mechanism = _place(call)
        if self._storage.hyperparameters.commit_reveal_weights_enabled[netuid]:
            return
        if not self._passes_rate_limit(who, netuid, mechanism):
            raise SettingWeightsTooFast

    def _check_commit(self, who: AccountId, call: Call) -> None:
        netuid, mechanism = _place(call)
        if not self._passes_rate_limit(who, netuid, mechanism):
            raise CommittingWeightsTooFast

    def _check_round(self, who: AccountId, call: Call) -> None:  # noqa: ARG002
        if call.argument("reveal_round") < self._known.last_stored_round:
            raise InvalidRevealRound

    def _passes_rate_limit(self, who: AccountId, netuid: NetUid, mechanism: MechId) -> bool:
        """Whether the rate limit lets `who` set weights; strangers are refused elsewhere."""
        uid = self._storage.neurons.uids[netuid, who]
        if uid is None:
            return True
        networks = self._storage.networks
        if mechanism >= networks.mechanism_count_current[netuid]:
            return False
        return self._setting.passes_rate_limit(mechanism_index(netuid, mechanism), uid)

    def _check_reveal(self, who: AccountId, call: Call) -> None:
        netuid, mechanism = _place(call)
        uids, values, salt, version_key = call.arguments[-4:]
        vote = WeightsVote(uids, values, version_key)
        self._check_revealable(who, netuid, mechanism, [(vote, salt)])

    def _check_batch_reveal(self, who: AccountId, call: Call) -> None:
        netuid, uids, values, salts, version_keys = call.arguments
        votes = map(WeightsVote, uids, values, version_keys)
        self._check_revealable(who, netuid, MAIN, list(zip(votes, salts, strict=True)))

    def _check_revealable(
        self,
        who: AccountId,
        netuid: NetUid,
        mechanism: MechId,
        votes: list[tuple[WeightsVote, tuple[int, ...]]],
    ) -> None:
        index = mechanism_index(netuid, mechanism)
        commits = self._commits.committed(index, who)
        if commits is None:
            raise NoWeightsCommitFound
        epochs: dict[Any, int] = {}
        for commit_hash, epoch, _, _ in commits:
            epochs.setdefault(commit_hash, epoch)
        for vote, salt in votes:
            commit_epoch = epochs.get(commit_hash_of(who, index, vote, salt))
            if commit_epoch is None:
                raise NoWeightsCommitFound
            if not self._commits.is_revealable(netuid, commit_epoch):
                raise RevealTooEarly


def _place(call: Call) -> tuple[NetUid, MechId]:
    """The subnet and the mechanism that a call on weights is about."""
    netuid: NetUid = call.argument("netuid")
    mechanism: MechId = call.argument("mecid") if "mechanism" in call.spec.name else MAIN
    return netuid, mechanism


def _address(call: Call) -> Address:
    return Address(call.argument("ip"), call.argument("port"), call.argument("ip_type"))
