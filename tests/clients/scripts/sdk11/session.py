"""What the scripts of SDK 11 share: their argument, throw-away wallets, how they answer."""
# mypy: ignore-errors
# These modules run in the client's environment, whose packages ours does not hold.

import json
import sys
from pathlib import Path

import bittensor as bt

ALICE_SEED = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a"
GIVEN = json.loads(sys.argv[1])
ENDPOINT = GIVEN["endpoint"]


def alice():
    """The wallet of //Alice, with a new hotkey."""
    wallet = bt.Wallet("alice", "default", path=GIVEN["wallets"])
    if not Path(GIVEN["wallets"], "alice").exists():
        wallet.regenerate_coldkey(seed=ALICE_SEED, use_password=False, suppress=True)
        wallet.create_new_hotkey(use_password=False, suppress=True)
    return wallet


def new_wallet(name, hotkey="default"):
    """A wallet with new keys; a second hotkey if the coldkey is there."""
    wallet = bt.Wallet(name, hotkey, path=GIVEN["wallets"])
    if not Path(GIVEN["wallets"], name, "coldkey").exists():
        wallet.create_new_coldkey(use_password=False, suppress=True)
    wallet.create_new_hotkey(use_password=False, suppress=True)
    return wallet


def done(result):
    """The result of a transaction that must have succeeded, as JSON-ready values."""
    result.raise_for_failure()
    return {
        "block_hash": result.block_hash,
        "extrinsic_id": result.extrinsic_id,
        "fee": None if result.fee is None else result.fee.rao,
    }


def as_root(chain, call):
    """Let the sudo key make a call."""
    return done(chain.submit_call(bt.calls.Sudo.sudo(call=chain.compose(call)), alice()))


def answer(**values):
    """Print what happened, the only thing on the last line of stdout."""
    sys.stdout.write("\n" + json.dumps(values, default=str) + "\n")
