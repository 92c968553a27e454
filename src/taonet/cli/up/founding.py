"""
Bringing a chain to the planned state: funds, the subnet, its name and parameters, its neurons, the
stake. `taonet up` founds its own subnet with it, `taonet subnet found` an author's.

Every step first looks at the chain and does only what is missing, so a network that was stopped
anywhere goes on. Each is an ordinary signed call of the account that has the right to it: the
local chain's sudo key is Alice's, whose seed everyone knows.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
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
        await self._parameters(netuid)
        await self._open(netuid)
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

    async def _call(self, what: str, call: Any, signer: Any) -> None:
        """A call as it is, in the clear: nobody trades against us on this machine."""
        self._report(what)
        try:
            result = await self._client.submit_call(call, signer, wait_for_finalization=False)
        except bt.BittensorError as error:
            raise FoundingFailed(f"could not {what}: {error}") from error
        if not result.success:
            raise FoundingFailed(f"could not {what}: {result.error or result.message}")

    async def _together(self, what: str, parts: Sequence[Any], signer: Any) -> None:
        """Calls in one block, all or none."""
        if parts:
            composed = [await self._compose(part) for part in parts]
            await self._call(what, calls.Utility.batch_all(calls=composed), signer)

    async def _compose(self, call: Any) -> Any:
        client: Any = self._client
        return await client.compose(call)

    async def _fund(self) -> None:
        transfers = []
        for participant in self._plan.everyone:
            address = self._address(participant)
            account = await self._query(storage.System.Account, [address])
            if account["data"]["free"] == 0 and not await self._is_registered_anywhere(participant):
                rao = participant.tao * RAO_PER_TAO
                transfers.append(calls.Balances.transfer_keep_alive(dest=address, value=rao))
        await self._together(f"fund {len(transfers)} accounts", transfers, self._sudo)

    async def _is_registered_anywhere(self, participant: Participant) -> bool:
        owner = await self._query(storage.SubtensorModule.Owner, [self._hotkey(participant)])
        return bool(owner == self._address(participant))

    async def _subnet(self) -> int:
        found = await self._owned_subnet()
        if found is None:
            await self._let_networks_come()
            call = calls.SubtensorModule.register_network(hotkey=self._hotkey(self._plan.owner))
            await self._call("register the subnet", call, self._owner)
            found = await self._owned_subnet()
        if found is None:
            raise FoundingFailed("the subnet was registered but the chain does not list it")
        return found

    async def _let_networks_come(self) -> None:
        """A second subnet would have to wait for days of blocks after the first."""
        if await self._query(storage.SubtensorModule.NetworkRateLimit, []):
            call = calls.AdminUtils.sudo_set_network_rate_limit(rate_limit=0)
            order = calls.Sudo.sudo(call=await self._compose(call))
            await self._call("let subnets follow each other", order, self._sudo)

    async def _owned_subnet(self) -> int | None:
        owner = self._address(self._plan.owner)
        total = int(await self._query(storage.SubtensorModule.TotalNetworks, []))
        for netuid in range(total):
            if await self._query(storage.SubtensorModule.SubnetOwner, [netuid]) == owner:
                return netuid
        return None

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
            (subtensor.StartCallDelay, [], 0, admin.sudo_set_start_call_delay(delay=0)),
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
        orders = [
            calls.Sudo.sudo(call=await self._compose(call))
            for item, keys, value, call in wanted
            if await self._query(item, keys) != value
        ]
        await self._together(f"set {len(orders)} parameters", orders, self._sudo)

    async def _open(self, netuid: int) -> None:
        """What its owner does before others come: the name, plain weights, the start."""
        subtensor = storage.SubtensorModule
        acts = []
        if await self._query(subtensor.SubnetIdentitiesV3, [netuid]) is None:
            acts.append(_named(netuid, self._plan.name))
        if await self._query(subtensor.CommitRevealWeightsEnabled, [netuid]):
            # Timelocked weights need a beacon that an offline chain cannot have yet.
            acts.append(
                calls.AdminUtils.sudo_set_commit_reveal_weights_enabled(
                    netuid=netuid, enabled=False
                )
            )
        if await self._query(subtensor.FirstEmissionBlockNumber, [netuid]) is None:
            acts.append(calls.SubtensorModule.start_call(netuid=netuid))
        await self._together(f"name and start subnet {netuid}", acts, self._owner)

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


def _named(netuid: int, name: str) -> Any:
    """The call that gives a subnet its name, and nothing else."""
    return calls.SubtensorModule.set_subnet_identity(
        netuid=netuid,
        subnet_name=name.encode(),
        github_repo=b"",
        subnet_contact=b"",
        subnet_url=b"",
        discord=b"",
        description=b"",
        logo_url=b"",
        additional=b"",
    )
