"""Transfers through the whole path in one process, beside a loop that only verifies signatures."""

from time import process_time

import sr25519

from taonet.frame.multi_address import AddressId
from taonet.primitives.units import Rao
from taonet.runtime.extrinsic import decode_extrinsic
from tests.runtime.chain import ALICE, BOB, CHARLIE, DAVE, Chain, call_of

TRANSFERS = 400
"""As many as one block holds and the pool offers, from four accounts in turn."""
ROUNDS = 3


def signed_transfers(chain: Chain, blocks: int) -> list[list[bytes]]:
    """Transfers that fill so many blocks, signed."""
    wallets = (ALICE, BOB, CHARLIE, DAVE)
    nonces = {w.account: chain.runtime.system.account[w.account].nonce for w in wallets}
    raws: list[bytes] = []
    for number in range(TRANSFERS * blocks):
        sender, receiver = wallets[number % 4], wallets[(number + 1) % 4]
        call = call_of("Balances", "transfer_keep_alive", AddressId(receiver.account), Rao(1))
        raws.append(chain.sign_raw(sender, call, nonce=nonces[sender.account]))
        nonces[sender.account] += 1
    return [raws[start : start + TRANSFERS] for start in range(0, len(raws), TRANSFERS)]


def _verify_only_s(chain: Chain, raws: list[bytes]) -> float:
    """Seconds to verify every signature, the payloads being at hand."""
    extrinsics = [decode_extrinsic(chain.runtime.codecs, raw) for raw in raws]
    ready = []
    for extrinsic in extrinsics:
        payload = chain.executive.payload_of(extrinsic, chain.head)
        ready.append((extrinsic.signature, payload, extrinsic.signer))
    began = process_time()
    for signature, payload, signer in ready:
        assert sr25519.verify(signature, payload, signer)
    return process_time() - began


def _path_s(chain: Chain, raws: list[bytes]) -> float:
    """Seconds from raw bytes to a finished block: decode, validate, apply, write events."""
    codecs, executive = chain.runtime.codecs, chain.executive
    began = process_time()
    extrinsics = [decode_extrinsic(codecs, raw) for raw in raws]
    for extrinsic in extrinsics:
        executive.validate_transaction(extrinsic, parent_hash=chain.head)
    validated = process_time()
    chain.begin()
    resumed = process_time()
    for extrinsic in extrinsics:
        assert executive.apply_extrinsic(extrinsic, signature_checked=True) is None
    executive.finalize_block()
    return (validated - began) + (process_time() - resumed)


def measure() -> dict[str, float]:
    """Best of a few rounds: transfers a second, and their share of what verifying alone reaches."""
    chain = Chain()
    shares, paths, limits = [], [], []
    for _ in range(ROUNDS):
        (raws,) = signed_transfers(chain, 1)
        limit_s = _verify_only_s(chain, raws)
        path_s = _path_s(chain, raws)
        chain.commit()
        paths.append(path_s)
        limits.append(limit_s)
        shares.append(limit_s / path_s)
    return {
        "transfers_per_s": TRANSFERS / min(paths),
        "verifications_per_s": TRANSFERS / min(limits),
        "share_of_verification_limit": max(shares),
        "path_us": min(paths) / TRANSFERS * 1e6,
    }
