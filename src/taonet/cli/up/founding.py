"""
Bringing a chain to the planned state: funds, the subnet, its name and parameters, its neurons, the
stake. `taonet up` founds its own subnet with it, `taonet subnet found` an author's.

Every step first looks at the chain and does only what is missing, so a network that was stopped
anywhere goes on. Each is an ordinary signed call of the account that has the right to it: the
local chain's sudo key is Alice's, whose seed everyone knows.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import bittensor as bt
from bittensor import calls, storage
from bittensor_core import Keypair

from taonet.cli.up.plan import VALIDATOR_STAKE_TAO, Participant, SubnetPlan
from taonet.primitives.units import RAO_PER_TAO

IMMUNITY_BLOCKS = 100

Wallets = Mapping[str, bt.Wallet]


class FoundingFailed(RuntimeError):
    """The chain refused a step; the text says which and why."""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[bt.Client]:
    """The SDK's client of one node, without the fallbacks it has for the real network."""
    client = bt.Client(url, fallback_endpoints=[], archive_endpoints=[])
    try:
        await client.connect()
        yield client
    finally:
        await client.close()


class Founder:
    """One pass over the steps; `report` hears of each."""

    def __init__(
        self,
        client: bt.Client,
        plan: SubnetPlan,
        wallets: Wallets,
        report: Callable[[str], None],
    ) -> None:
        self._client = client
        self._plan = plan
        self._wallets = wallets
        self._report = report
        self._sudo = Keypair.create_from_uri("//Alice")

    async def found(self) -> int:
        """All steps in order; returns the subnet's number. Raises `FoundingFailed`."""
        await self._require_local_chain()
        await self._fund()
        netuid = await self._subnet()
        await self._name(netuid)
        await self._parameters(netuid)
        await self._start(netuid)
        for participant in (self._plan.validator, *self._plan.miners):
            await self._register(participant, netuid)
        await self._stake(netuid)
        return netuid

    async def _require_local_chain(self) -> None:
        if await self._query(storage.Sudo.Key, []) != self._sudo.ss58_address:
            raise FoundingFailed(
                "this is not a local chain: Alice has no rights on it. Register there with btcli"
            )

    @property
    def _owner(self) -> bt.Wallet:
        return self._wallets[self._plan.owner.name]

    def _address(self, participant: Participant) -> str:
        return str(self._wallets[participant.name].coldkeypub.ss58_address)

    def _hotkey(self, participant: Participant) -> str:
        return str(self._wallets[participant.name].hotkey.ss58_address)

    async def _query(self, item: Any, keys: list[Any]) -> Any:
        return await self._client.query(item, keys)

    async def _execute(self, what: str, intent: Any, signer: Any) -> None:
        self._report(what)
        try:
            result = await self._client.execute(intent, signer, wait_for_finalization=False)
        except bt.BittensorError as error:
            raise FoundingFailed(f"could not {what}: {error}") from error
        _require(what, result)

    async def _sudo_call(self, what: str, call: Any) -> None:
        await self._call(what, calls.Sudo.sudo(call=await self._compose(call)), self._sudo)

    async def _call(self, what: str, call: Any, signer: Any) -> None:
        """A call as it is, in the clear: nobody trades against us on this machine."""
        self._report(what)
        try:
            result = await self._client.submit_call(call, signer, wait_for_finalization=False)
        except bt.BittensorError as error:
            raise FoundingFailed(f"could not {what}: {error}") from error
        _require(what, result)

    async def _compose(self, call: Any) -> Any:
        client: Any = self._client
        return await client.compose(call)

    async def _fund(self) -> None:
        for participant in self._plan.everyone:
            address = self._address(participant)
            account = await self._query(storage.System.Account, [address])
            if account["data"]["free"] == 0 and not await self._is_registered_anywhere(participant):
                transfer = bt.Transfer(dest_ss58=address, amount_tao=participant.tao)
                await self._execute(f"fund {participant.name}", transfer, self._sudo)

    async def _is_registered_anywhere(self, participant: Participant) -> bool:
        owner = await self._query(storage.SubtensorModule.Owner, [self._hotkey(participant)])
        return bool(owner == self._address(participant))

    async def _subnet(self) -> int:
        found = await self._owned_subnet()
        if found is None:
            intent = bt.RegisterSubnet()
            await self._execute("register the subnet", intent, self._owner)
            found = await self._owned_subnet()
        if found is None:
            raise FoundingFailed("the subnet was registered but the chain does not list it")
        return found

    async def _owned_subnet(self) -> int | None:
        owner = self._address(self._plan.owner)
        total = int(await self._query(storage.SubtensorModule.TotalNetworks, []))
        for netuid in range(total):
            if await self._query(storage.SubtensorModule.SubnetOwner, [netuid]) == owner:
                return netuid
        return None

    async def _name(self, netuid: int) -> None:
        identity = await self._query(storage.SubtensorModule.SubnetIdentitiesV3, [netuid])
        if identity is None:
            intent = bt.SetSubnetIdentity(netuid=netuid, subnet_name=self._plan.name)
            await self._execute(f"call the subnet {self._plan.name}", intent, self._owner)

    async def _parameters(self, netuid: int) -> None:
        subtensor, admin = storage.SubtensorModule, calls.AdminUtils
        wanted: tuple[tuple[Any, list[int], int, Any], ...] = (
            (subtensor.AdminFreezeWindow, [], 0, admin.sudo_set_admin_freeze_window(window=0)),
            (
                subtensor.OwnerHyperparamRateLimit,
                [],
                0,
                admin.sudo_set_owner_hparam_rate_limit(epochs=0),
            ),
            (
                subtensor.Tempo,
                [netuid],
                self._plan.tempo_blocks,
                admin.sudo_set_tempo(netuid=netuid, tempo=self._plan.tempo_blocks),
            ),
            (
                subtensor.WeightsSetRateLimit,
                [netuid],
                0,
                admin.sudo_set_weights_set_rate_limit(netuid=netuid, weights_set_rate_limit=0),
            ),
            (
                subtensor.ImmunityPeriod,
                [netuid],
                IMMUNITY_BLOCKS,
                admin.sudo_set_immunity_period(netuid=netuid, immunity_period=IMMUNITY_BLOCKS),
            ),
            (
                subtensor.ServingRateLimit,
                [netuid],
                0,
                admin.sudo_set_serving_rate_limit(netuid=netuid, serving_rate_limit=0),
            ),
            (
                subtensor.SubnetEmissionEnabled,
                [netuid],
                True,
                admin.sudo_set_subnet_emission_enabled(netuid=netuid, enabled=True),
            ),
        )
        for item, keys, value, call in wanted:
            if await self._query(item, keys) != value:
                await self._sudo_call(f"set {item[1]}", call)
        hidden = await self._query(subtensor.CommitRevealWeightsEnabled, [netuid])
        if hidden:
            # Timelocked weights need a beacon that an offline chain cannot have yet.
            intent = bt.SetHyperparameter(
                netuid=netuid, name="commit_reveal_weights_enabled", value=0
            )
            await self._execute("switch commit-reveal off", intent, self._owner)

    async def _start(self, netuid: int) -> None:
        started = await self._query(storage.SubtensorModule.FirstEmissionBlockNumber, [netuid])
        if started is None:
            intent = bt.StartCall(netuid=netuid)
            await self._execute("start the subnet", intent, self._owner)

    async def _register(self, participant: Participant, netuid: int) -> None:
        hotkey = self._hotkey(participant)
        if await self._query(storage.SubtensorModule.Uids, [netuid, hotkey]) is None:
            call = calls.SubtensorModule.burned_register(netuid=netuid, hotkey=hotkey)
            await self._call(f"register {participant.name}", call, self._wallets[participant.name])

    async def _stake(self, netuid: int) -> None:
        validator = self._plan.validator
        hotkey = self._hotkey(validator)
        staked = await self._query(storage.SubtensorModule.TotalHotkeyAlpha, [hotkey, netuid])
        if int(staked or 0) < RAO_PER_TAO:
            # A new pool is small: the wallet's usual limit on slippage would refuse this.
            call = calls.SubtensorModule.add_stake(
                hotkey=hotkey, netuid=netuid, amount_staked=VALIDATOR_STAKE_TAO * RAO_PER_TAO
            )
            await self._call("stake for the validator", call, self._wallets[validator.name])


def _require(what: str, result: Any) -> None:
    if not result.success:
        raise FoundingFailed(f"could not {what}: {result.error or result.message}")
