"""
Keys of a network's participants, in its own folder.

They hold play money of a chain on this machine and are not encrypted, so that processes can start
by themselves; only their owner may read the files.
"""

from collections.abc import Iterable
from pathlib import Path

import bittensor as bt

from taonet.cli.up.plan import Participant

HOTKEY = "default"


def open_wallet(folder: Path, participant: Participant) -> bt.Wallet:
    """A participant's wallet."""
    return bt.Wallet(name=participant.name, hotkey=HOTKEY, path=str(folder))


def make_wallets(folder: Path, participants: Iterable[Participant]) -> dict[str, bt.Wallet]:
    """Each participant's wallet by name; keys that are not there yet are made."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    wallets = {}
    for participant in participants:
        wallet = open_wallet(folder, participant)
        if not wallet.coldkey_file.exists_on_device():
            wallet.create_new_coldkey(use_password=False, suppress=True)
        if not wallet.hotkey_file.exists_on_device():
            wallet.create_new_hotkey(use_password=False, suppress=True)
        wallets[participant.name] = wallet
    return wallets
