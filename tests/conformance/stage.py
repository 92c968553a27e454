"""
A chain that the tables of the real chain's tests are played on, by names on the wire.

Accounts are named "@alice". The real chain's tests have a runtime of their own, whose settings
differ from the network's; `SETTINGS` are those.

Source: subtensor pallets/subtensor/src/tests/mock.rs @ 14bc6f9, its `parameter_types`.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any
from unittest.mock import patch

from eth_account import Account
from eth_account.messages import encode_defunct

from taonet.frame.call import RUNTIME_CALL
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Signed
from taonet.pallets.balances import EXISTENTIAL_DEPOSIT
from taonet.pallets.balances_types import Preservation
from taonet.pallets.commitment_data import RAW, CommitmentInfo, Data, TimelockEncrypted
from taonet.pallets.subtensor.distribution import PendingAlpha
from taonet.pallets.subtensor.evm_keys import keccak_256
from taonet.pallets.subtensor.timelocked_weights import OLD_SEALED_VOTE, SEALED_VOTE
from taonet.pallets.subtensor.voting_power_tracking import ValidatorStake
from taonet.pallets.transaction_payment import fee_of
from taonet.primitives.hashing import blake2_256
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, Uid
from taonet.runtime.fee_payment import FeePayment
from taonet.runtime.pallets import CALL_OWNERS
from taonet.scale.codec import codec
from taonet.scale.types import u16, vec
from tests.conformance.readings import AUTHOR, Readings
from tests.conformance.table_values import account, named_call, origin_of, typed
from tests.pallets.drand.pulses import pulse_of, recorded, sealed

SETTINGS: dict[str, Any] = {
    "TaoWeight": 0,
    "SubnetOwnerCut": 0,
    "TxRateLimit": 0,
    "NetworkRateLimit": 0,
    "NetworkMinLockCost": 100_000_000_000,
    "NetworkLastLockCost": 100_000_000_000,
    "NetworkLockReductionInterval": 2,
    "StartCallDelay": 0,
    "TxDelegateTakeRateLimit": 1,
    "TxChildkeyTakeRateLimit": 1,
}
SUBNET_SETTINGS: dict[str, Any] = {
    "ImmunityPeriod": 2,
    "MinAllowedWeights": 0,
    "MaxAllowedUids": 256,
    "MaxAllowedValidators": 100,
    "MaxRegistrationsPerBlock": 3,
    "TargetRegistrationsPerInterval": 2,
    "ServingRateLimit": 0,
    "NetworkRegistrationAllowed": True,
    "BurnHalfLife": 1,
    "BurnIncreaseMult": {"fixed": "1"},
    "MinBurn": 500_000,
    "MaxBurn": 1_000_000_000,
    "FirstEmissionBlockNumber": 1,
    "SubtokenEnabled": True,
}


WALLET = Account.from_key(bytes([7]) * 32)
"""An Ethereum key of the tests."""

REVEAL_VERSION = 4
"""Of commit-reveal: what wallets say that they made."""

EPOCH_BLOCKS_MAX = 1_000
"""No table's subnet has a longer tempo where it waits for an epoch."""


def commitment_field(content: str | int, number: int | None = None) -> Data:
    """A text or so many bytes, sealed to a round of drand if one is given; "0x" is a ciphertext."""
    if number is None:
        raw = bytes(content) if isinstance(content, int) else content.encode()
        field: Data = RAW[len(raw)](raw)
        return field
    assert isinstance(content, str)
    if content.startswith("0x"):
        return TimelockEncrypted(bytes.fromhex(content[2:]), number)
    return TimelockEncrypted(sealed(content.encode(), number), number)


def hash_of_vote(hotkey: str, place: int, opening: Sequence[Any]) -> bytes:
    """What a hotkey commits to: the place, uids, values, salt, version key."""
    uids, values, salt, version = opening
    vectors = b"".join(codec(vec(u16)).encode(tuple(one)) for one in (uids, values, salt))
    tail = vectors + version.to_bytes(8, "little")
    return blake2_256(account(hotkey) + place.to_bytes(2, "little") + tail)


def ensure_refused(error: str, what: str, action: Callable[[], None]) -> None:
    """Raises `AssertionError` unless an action is refused with an error of that name."""
    found = "nothing"
    try:
        action()
    except DispatchError as refusal:
        found = getattr(refusal, "name", type(refusal).__name__)
    assert found == error, f"{what} was refused with {found}, not {error}"


class Stage(Readings):
    """A chain with the tests' settings, and the steps that tables tell it."""

    def __init__(self) -> None:
        super().__init__()
        for name, value in SETTINGS.items():
            self.put(name, [], value)
        self.module.networks.networks_added[ROOT] = True
        self.module.networks.subtoken_enabled[ROOT] = True
        self.fund("@author", 1_000)

    def put(self, name: str, keys: Sequence[Any], value: Any) -> None:
        """Write a storage item; `Pallet.Item` is another pallet's."""
        view, item = self._find(name)
        if item.parts:
            getattr(view, item.attribute)[self._key(item, keys)] = typed(item.type, value)
        else:
            setattr(view, item.attribute, typed(item.type, value))

    def drop(self, name: str, keys: Sequence[Any]) -> None:
        """Remove an entry of a storage map."""
        view, item = self._find(name)
        del getattr(view, item.attribute)[self._key(item, keys)]

    def call(self, signer: str, name: str, *arguments: Any) -> None:
        """A call of an account, "root" or "nobody"; raises `DispatchError` and leaves no trace."""
        call = named_call(name, *arguments)
        owner = self._owners[CALL_OWNERS[call.pallet_index, call.spec.index]]
        with self.state.transaction():
            getattr(owner, call.spec.method)(origin_of(signer), *call.arguments)

    def refused(self, error: str, signer: str, name: str, *arguments: Any) -> None:
        """A call that is refused with an error of that name."""
        ensure_refused(error, name, lambda: self.call(signer, name, *arguments))

    def constant(self, name: str, value: int) -> None:
        """Let a constant, `Pallet.Name`, be another one until `changed` is closed."""
        pallet, _, called = name.rpartition(".")
        (found,) = {
            constant
            for owner in self._views()
            for constant in owner.constants
            if owner.prefix == pallet and constant.name == called
        }
        self.changed.enter_context(patch.object(found, "value", value))
        if name == "Balances.ExistentialDeposit":
            place = "taonet.pallets.balances.EXISTENTIAL_DEPOSIT"
            self.changed.enter_context(patch(place, value))

    def fund(self, who: str, amount: int) -> None:
        """New TAO for an account."""
        self.balances.mint(account(who), Rao(amount))
        self.module.emission.total_issuance += Rao(amount)

    def create(self, netuid: int, tempo: int) -> None:
        """A network as it comes into being."""
        self.module.subnet_creation.add(NetUid(netuid), tempo)

    def open_account(self, netuid: int) -> None:
        """The least balance for a subnet's account: the tests' own runtime asks for less."""
        self.balances.mint(self.module.tao.account_of(NetUid(netuid)), Rao(EXISTENTIAL_DEPOSIT))

    def empty_account(self, netuid: int) -> None:
        """Leave a subnet's account without TAO."""
        who = self.module.tao.account_of(NetUid(netuid))
        self.balances.burn_from(who, self.balances.free(who), Preservation.EXPENDABLE)

    def take_away(self, hotkey: str, coldkey: str, netuid: int) -> None:
        """Take all alpha off a coldkey's stake, so that it was never issued."""
        alpha = self.stake_of(hotkey, coldkey, netuid)
        self.uncredit(hotkey, coldkey, netuid, alpha)
        out = self.get("SubnetAlphaOut", [netuid])
        self.put("SubnetAlphaOut", [netuid], max(out - alpha, 0))

    def pay_swap(self, who: str) -> None:
        """What a swap of keys costs, and the least balance."""
        self.fund(who, int(self.module.constants.key_swap_cost) + EXISTENTIAL_DEPOSIT)

    def subnet(self, netuid: int, tempo: int) -> None:
        """A started subnet without an owner."""
        self.module.subnet_creation.add(NetUid(netuid), tempo)
        for name, value in SUBNET_SETTINGS.items():
            self.put(name, [netuid], value)

    def owned_subnet(self, hotkey: str, coldkey: str, netuid: int) -> None:
        """A subnet that its owner registered for the price of the moment, and started."""
        cost = self.module.subnet_creation.lock_cost()
        self.fund(coldkey, int(cost) + 1_000)
        self.call(coldkey, "register_network", hotkey)
        for name, value in SUBNET_SETTINGS.items():
            self.put(name, [netuid], value)
        self.put("FirstEmissionBlockNumber", [netuid], 0)

    def reserves(self, netuid: int, tao: int, alpha: int) -> None:
        """What a subnet's pool holds."""
        self.put("SubnetTAO", [netuid], tao)
        self.put("SubnetAlphaIn", [netuid], alpha)

    def neuron(self, netuid: int, hotkey: str, coldkey: str) -> None:
        """A neuron that paid nothing to register."""
        if not self.get("SubnetTAO", [netuid]) and not self.get("SubnetAlphaIn", [netuid]):
            self.reserves(netuid, 10**12, 10**12)
        self.put("Burn", [netuid], 0)
        self.fund(coldkey, 1_000)
        self.call(coldkey, "burned_register", netuid, hotkey)
        self.put("Burn", [netuid], 0)

    def stake(self, hotkey: str, coldkey: str, netuid: int, tao: int) -> None:
        """Stake TAO that the coldkey is given for it, without checks."""
        self.fund(coldkey, tao)
        keys = account(hotkey), account(coldkey)
        self.module.staking.add(*keys, NetUid(netuid), Rao(tao))

    def credit(self, hotkey: str, coldkey: str, netuid: int, alpha: int) -> None:
        """Alpha for a coldkey's stake, which nobody paid for."""
        keys = account(hotkey), account(coldkey)
        self.module.staking.grant(*keys, NetUid(netuid), Alpha(alpha))

    def sell(self, hotkey: str, coldkey: str, netuid: int, alpha: int) -> None:
        """Unstake alpha, without checks."""
        keys = account(hotkey), account(coldkey)
        self.module.staking.remove(*keys, NetUid(netuid), Alpha(alpha))

    def limit_sale(
        self, hotkey: str, coldkey: str, netuid: int, part: float, price_part: float
    ) -> None:
        """Unstake a part of the stake, as far as the price stays above a part of itself."""
        alpha = int(self.stake_of(hotkey, coldkey, netuid) * Fraction(str(part)))
        limit = int(float(self.price(netuid)) * (price_part * 1e9))
        self.call(coldkey, "remove_stake_limit", hotkey, netuid, alpha, limit, True)

    def emit_to(self, hotkey: str, netuid: int, alpha: int) -> None:
        """Alpha for all who stake on a hotkey."""
        self.module.staking.pools.deposit_for_all(account(hotkey), NetUid(netuid), Alpha(alpha))

    def own(self, coldkey: str, hotkey: str) -> None:
        """Let a coldkey own a hotkey."""
        self.module.hotkeys.associate(account(coldkey), account(hotkey))

    def block(self, number: int) -> None:
        """The number of the current block; nothing runs."""
        self.system.number = number

    def blocks(self, count: int) -> None:
        """Start that many blocks."""
        for _ in range(count):
            self.state.events.clear()
            self.system.number += 1
            self.module.block_step.on_initialize(self.system.number)

    def grant(self, hotkey: str, coldkey: str, netuid: int, alpha: int) -> None:
        """`credit`, and more TAO than that is worth for the subnet's account."""
        self.credit(hotkey, coldkey, netuid, alpha)
        self.balances.mint(self.module.tao.account_of(NetUid(netuid)), Rao(alpha * 100))

    def uncredit(self, hotkey: str, coldkey: str, netuid: int, alpha: int) -> None:
        """Take alpha off a coldkey's stake, which nobody is paid for."""
        keys = account(hotkey), account(coldkey)
        self.module.staking.pools.withdraw(*keys, NetUid(netuid), Alpha(alpha))

    def emit(self, tao: int) -> None:
        """Emit that much TAO to the subnets, instead of a block's regular emission."""
        place = "taonet.pallets.subtensor.coinbase.block_emission"
        with patch(place, lambda _: Rao(tao)):
            self.module.coinbase.emit()

    def follow_price(self, netuid: int) -> None:
        """Move a subnet's moving price on by the price of the moment."""
        spot = self.swap.price(NetUid(netuid))
        self.module.coinbase.follow_prices({NetUid(netuid): spot})

    def distribute(self, netuid: int, server: int, validator: int, root: int, owner: int) -> None:
        """Run a subnet's epoch for alpha that waited for it."""
        pending = PendingAlpha(Alpha(server), Alpha(validator), Alpha(root), Alpha(owner))
        self.module.distribution.distribute(NetUid(netuid), pending)

    def pay_miners(self, netuid: int, incentives: list[list[Any]]) -> None:
        """Pay miners what an epoch found."""
        earned = {account(hotkey): Alpha(amount) for hotkey, amount in incentives}
        self.module.distribution._pay_miners(NetUid(netuid), earned)

    def epoch(self, netuid: int, emission: int) -> None:
        """Run a subnet's epoch; nobody is paid."""
        self.module.epoch_runner.run(NetUid(netuid), Alpha(emission))

    def reset_bonds(self, netuid: int, hotkey: str) -> None:
        """Forget all bonds on a neuron, as a commitment of it asks for."""
        self.runtime.commitments._reset_bonds(NetUid(netuid), account(hotkey))

    def transact(self, signer: str, name: str, *arguments: Any) -> None:
        """A call that pays its fee, as a transaction of no length; it may be refused."""
        call, who = named_call(name, *arguments), account(signer)
        payment, fee = FeePayment(self.runtime), fee_of(0, call.info(), Rao(0))
        charge = payment.charge(who, self.system.account[who], call, fee)
        with suppress(DispatchError):
            self.call(signer, name, *arguments)
        payment.settle(charge, fee, Rao(0), AUTHOR)

    def leave(self, who: str, amount: int) -> None:
        """Leave an account that much TAO."""
        held = self.free(who)
        self.balances.burn_from(account(who), Rao(held - amount), Preservation.EXPENDABLE)

    def treasury(self, act: str, *arguments: Any) -> None:
        """Transfer, burn, recycle or mint TAO, which balances and issuance must both know of."""
        places = (account(one) if isinstance(one, str) else Rao(one) for one in arguments)
        with self.state.transaction():
            getattr(self.module.tao, act)(*places)

    def treasury_refuses(self, error: str, act: str, *arguments: Any) -> None:
        """`treasury` that is refused."""
        ensure_refused(error, act, lambda: self.treasury(act, *arguments))

    def associate(self, hotkey: str, netuid: int, number: int, *, personal: bool = True) -> None:
        """Give a neuron the tests' Ethereum address, by a personal message or by another hash."""
        message = account(hotkey) + keccak_256(number.to_bytes(8, "little"))
        if personal:
            proof = WALLET.sign_message(encode_defunct(message)).signature
        else:
            proof = WALLET.unsafe_sign_hash(blake2_256(message)).signature
        place = WALLET.address.lower()
        self.call(hotkey, "associate_evm_key", netuid, place, number, "0x" + bytes(proof).hex())

    def unassociated(self, error: str, hotkey: str, netuid: int, *how: Any) -> None:
        """`associate` that is refused."""
        number, *other = how
        personal = not other
        ensure_refused(
            error, hotkey, lambda: self.associate(hotkey, netuid, number, personal=personal)
        )

    def forget_pulses(self, last: int) -> None:
        """Drop what is too old when a round is the last."""
        self.runtime.drand._forget_old(last)

    def last_epoch_now(self, netuid: int) -> None:
        """Let a subnet's last epoch be the current block's."""
        self.put("LastEpochBlock", [netuid], self.system.number)

    def epochs(self, count: int, netuid: int) -> None:
        """Start blocks until a subnet had that many epochs."""
        goal = self.get("SubnetEpochIndex", [netuid]) + count
        for _ in range(EPOCH_BLOCKS_MAX * count):
            if self.get("SubnetEpochIndex", [netuid]) >= goal:
                return
            self.blocks(1)
        raise AssertionError(f"subnet {netuid} has no epochs")

    def announce(self, proxy: str, real: str, call: list[Any]) -> None:
        """Announce that a proxy will make a call."""
        hashed = blake2_256(self.runtime.codecs.of(RUNTIME_CALL).encode(named_call(*call)))
        self.call(proxy, "Proxy.announce", real, "0x" + hashed.hex())

    def commit(self, hotkey: str, netuid: int, *opening: Any) -> None:
        """Commit to weights that are revealed later: uids, values, salt, version key."""
        hashed = "0x" + hash_of_vote(hotkey, netuid, opening).hex()
        self.call(hotkey, "commit_weights", netuid, hashed)

    def commit_in(self, place: int, hotkey: str, netuid: int, *vote: Any) -> None:
        """`commit` in a mechanism, whose weights lie at a place of their own."""
        mechanism, *opening = vote
        hashed = "0x" + hash_of_vote(hotkey, place, opening).hex()
        self.call(hotkey, "commit_mechanism_weights", netuid, mechanism, hashed)

    def replace(self, netuid: int, uid: int, hotkey: str) -> None:
        """Give a neuron's uid to another hotkey."""
        self.module.neuron_registry.replace(NetUid(netuid), Uid(uid), account(hotkey))

    def vote(self, netuid: int, count: int, stake: int | None = None) -> None:
        """What so many epochs do to voting power, with the permits and stakes of now."""
        place = NetUid(netuid)
        permits = self.get("ValidatorPermit", [netuid])
        for _ in range(count):
            found = [
                ValidatorStake(hotkey, self.module.staking.pools.total(hotkey, place), permits[uid])
                for (_, uid), hotkey in self.module.neurons.keys.under(place)
            ]
            if stake is not None:
                found = [replace(one, stake=Alpha(stake)) for one in found]
            self.module.voting_power_tracking.update(place, found)

    def swap_votes(self, former: str, hotkey: str, netuid: int) -> None:
        """Give a hotkey the voting power of another."""
        tracking = self.module.voting_power_tracking
        tracking.swap(account(former), account(hotkey), NetUid(netuid))

    def publish(self, who: str, netuid: int, *fields: list[Any]) -> None:
        """Commit to texts, to so many bytes, and to what a drand round opens."""
        self.put("Uids", [netuid, who], 0)
        info = CommitmentInfo(tuple(commitment_field(*field) for field in fields))
        with self.state.transaction():
            self.runtime.commitments.set_commitment(Signed(account(who)), NetUid(netuid), info)

    def unpublished(self, error: str, who: str, netuid: int, *fields: list[Any]) -> None:
        """`publish` that is refused."""
        ensure_refused(error, who, lambda: self.publish(who, netuid, *fields))

    def seal_weights(self, who: str, netuid: int, *vote: Any) -> None:
        """Commit to a vote until a round of drand, in one's own name, another's or none."""
        uids, values, number, *named = vote
        name = named[0] if named else who
        if name == "legacy":
            content = codec(OLD_SEALED_VOTE).encode((tuple(uids), tuple(values), 0))
        else:
            content = codec(SEALED_VOTE).encode((account(name), tuple(uids), tuple(values), 0))
        ciphertext = "0x" + sealed(content, number).hex()
        self.call(who, "commit_timelocked_weights", netuid, ciphertext, number, REVEAL_VERSION)

    def reveal_sealed(self, netuid: int) -> None:
        """Set the weights that can be opened now."""
        self.module.timelocked_weights.reveal(NetUid(netuid))

    def pulse(self, number: int, signature: str | None = None) -> None:
        """A round of drand becomes known."""
        found = (
            recorded(number) if signature is None else pulse_of(number, bytes.fromhex(signature))
        )
        self.runtime.pulses.pulses[number] = found

    def open_commitments(self) -> None:
        """Open what the known rounds open."""
        self.runtime.commitments.on_initialize(self.system.number)

    def lease(self, beneficiary: str, share: int, end: int | None, tao: int | None) -> None:
        """Lease a subnet with the crowdloan of the moment, and stake on its hotkey."""
        self.call(beneficiary, "register_leased_network", {"_0": share}, end)
        lease = self.module.leases.subnet_leases[0]
        assert lease is not None
        self.module.networks.subtoken_enabled[lease.netuid] = True
        if tao is not None:
            self.balances.mint(lease.coldkey, Rao(tao))
            calls, origin = self.module.staking_calls, Signed(lease.coldkey)
            calls.add_stake(origin, lease.hotkey, lease.netuid, Rao(tao))

    def pay_lease(self, netuid: int, alpha: int) -> None:
        """The owner of a leased subnet was paid."""
        self.module.distribution._leases.distribute(NetUid(netuid), Alpha(alpha))

    def lend(self, netuid: int, parent: str, children: list[list[Any]]) -> None:
        """Children of a hotkey, in force at once."""
        self.put("PendingChildKeys", [netuid, parent], [children, 0])
        number = self.system.number
        self.system.number = max(number, 1)
        self.module.parentage.apply_pending(NetUid(netuid))
        self.system.number = number
