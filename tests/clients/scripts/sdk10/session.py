"""What the scripts of SDK 10 share: their argument, throw-away wallets, how they answer."""
# mypy: ignore-errors
# These modules run in the client's environment, whose packages ours does not hold.

import json
import sys
from pathlib import Path

# The SDK parses the command line and its own options when it is imported.
GIVEN = json.loads(sys.argv.pop())

import bittensor as bt  # noqa: E402

ENDPOINT = GIVEN["endpoint"]


def wallet_of(name, uri=None):
    """A wallet with a new hotkey; the coldkey is a development key if `uri` says which."""
    wallet = bt.Wallet(name=name, path=GIVEN["wallets"])
    if Path(GIVEN["wallets"], name, "coldkey").exists():
        return wallet
    if uri:
        wallet.create_coldkey_from_uri(uri, use_password=False, suppress=True)
    else:
        wallet.create_new_coldkey(use_password=False, suppress=True)
    wallet.create_new_hotkey(use_password=False, suppress=True)
    return wallet


def done(response):
    """A transaction that must have succeeded, as JSON-ready values."""
    if not response.success:
        raise SystemExit(f"{response.extrinsic_function}: {response.message} {response.error!r}")
    receipt = response.extrinsic_receipt
    return {
        "block_hash": receipt.block_hash,
        "fee": None if response.extrinsic_fee is None else response.extrinsic_fee.rao,
        "message": response.message,
    }


def answer(**values):
    """Print what happened, the only thing on the last line of stdout."""
    sys.stdout.write("\n" + json.dumps(values, default=str) + "\n")
