"""A fine-tuning market on a local chain: its subnet, a validator and miners, in the foreground."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from taonet.cli.output import notices
from taonet.cli.up.founding import Founder, connected
from taonet.cli.up.plan import Participant, SubnetPlan
from taonet.cli.up.processes import ONE_THREAD, Managed, Processes
from taonet.cli.up.wallets import HOTKEY, make_wallets
from taonet.subnets.fine_tuning.process import FOLDER, NAME

MINERS_MAX = 8
TEMPO_BLOCKS = 20
MINER_TAO = 100


@dataclass(frozen=True)
class MarketPlan:
    """Where the chain is, how many miners work, and where blobs and keys lie."""

    chain_url: str
    miners: int
    blobs: str
    folder: Path = FOLDER / "market"


async def run_market(plan: MarketPlan) -> None:
    """
    Found the market where it is not there yet, and run it until cancelled.

    Raises `FoundingFailed` on a chain that is not local, or that refuses a step.
    """
    folder = plan.folder.expanduser()
    miners = tuple(Participant(f"miner-{n}", MINER_TAO) for n in range(1, plan.miners + 1))
    subnet = SubnetPlan(NAME, TEMPO_BLOCKS, miners)
    wallets = make_wallets(folder / "wallets", subnet.everyone)
    async with connected(plan.chain_url) as client:
        found = Founder(client, subnet, wallets, lambda step: notices.print(step, style="dim"))
        netuid = await found.found()
    processes = Processes(lambda: None)
    try:
        for participant in (subnet.validator, *miners):
            role = participant.name.partition("-")[0]
            await processes.start(_neuron(plan, folder, role, participant.name, netuid))
        notices.print(f"subnet {netuid}: {plan.miners} miners and a validator; logs in {folder}")
        notices.print(
            f"post a job: taonet finetune post FILE --netuid {netuid} --budget 5 "
            f"--wallet-path {folder / 'wallets'} --wallet-name owner"
        )
        await asyncio.Event().wait()
    finally:
        await processes.stop()


def _neuron(plan: MarketPlan, folder: Path, role: str, name: str, netuid: int) -> Managed:
    arguments = ["finetune", role, "--netuid", str(netuid), "--chain-url", plan.chain_url]
    arguments += ["--wallet-path", str(folder / "wallets"), "--wallet-name", name]
    arguments += ["--wallet-hotkey", HOTKEY, "--state-folder", str(folder / name)]
    arguments += ["--blobs", plan.blobs]
    return Managed(name, arguments, folder / f"{name}.log", environment=ONE_THREAD)
