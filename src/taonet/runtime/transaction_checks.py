"""
The checks between a signed extrinsic and a block, in the order of the chain's extensions.

Source: subtensor runtime/src/lib.rs `TxExtension`, check_nonce.rs, check_mortality.rs,
sudo_wrapper.rs; polkadot-sdk substrate/frame/system/src/extensions @ 14bc6f9.
"""

from dataclasses import dataclass

from taonet.frame.call import Call, DispatchInfo
from taonet.frame.config import ClientProfile
from taonet.frame.dispatch_error import ModuleError
from taonet.frame.weight import DispatchClass, Pays
from taonet.pallets.system import AccountInfo
from taonet.pallets.transaction_payment import fee_of
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.runtime.block_use import check_alone
from taonet.runtime.era import MortalEra
from taonet.runtime.extrinsic import Extrinsic
from taonet.runtime.fee_payment import FeePayment
from taonet.runtime.guards import COLDKEY_SWAP_CODES, check_guards, custom_code
from taonet.runtime.metadata_hash import metadata_hash
from taonet.runtime.runtime import Runtime
from taonet.runtime.shielded_transaction import is_shielded, parse_shielded
from taonet.runtime.signature import is_signed
from taonet.runtime.transaction_validity import (
    LONGEVITY_MAX,
    Invalid,
    TransactionInvalid,
    ValidTransaction,
    custom,
)
from taonet.runtime.version import SIGNED_VERSIONS
from taonet.scale.construction import quicken

_NOBODY = bytes(32)

NORMAL_PRIORITY = 1
OPERATIONAL_PRIORITY = 10_000_000_000

SHIELD_ERA_PERIOD_MAX = 8
"""An encrypted transaction that waited longer could not be decrypted any more."""

SHIELDED_MALFORMED = 23
"""The code of a carrier whose ciphertext has not the parts of one."""


@quicken
@dataclass(frozen=True)
class BlockView:
    """The block that would hold the extrinsic: the hash of its parent, which the state may lack."""

    number: int
    parent_hash: bytes


class TransactionChecks:
    """Reads the state and judges; writes nothing."""

    def __init__(self, runtime: Runtime, fees: FeePayment) -> None:
        self._runtime = runtime
        self._fees = fees

    def check(
        self,
        extrinsic: Extrinsic,
        info: DispatchInfo,
        block: BlockView,
        *,
        signature_checked: bool,
    ) -> tuple[AccountInfo, Rao]:
        """
        The signer's account and the fee, once everything but the block's room is checked.

        Raises `TransactionInvalid`; a nonce ahead of the account's is left to the caller.
        """
        signer = extrinsic.signer
        assert signer is not None
        if signature_checked:
            if extrinsic.era is not None:
                self._birth_hash(extrinsic.era, block)
        elif not is_signed(extrinsic, self.payload(extrinsic, block)):
            raise TransactionInvalid(Invalid.BAD_PROOF)
        if signer == _NOBODY:
            raise TransactionInvalid(Invalid.BAD_SIGNER)
        if info.class_ is DispatchClass.MANDATORY:
            raise TransactionInvalid(Invalid.MANDATORY_VALIDATION)
        account = self._check_nonce(signer, extrinsic.nonce, info)
        length = len(extrinsic.raw)
        check_alone(info, length)
        fee = fee_of(length, info, Rao(extrinsic.tip))
        if not self._fees.can_pay(signer, account, extrinsic.call, fee):
            raise TransactionInvalid(Invalid.PAYMENT)
        self._check_call(signer, extrinsic.call, extrinsic.era)
        return account, fee

    def valid(
        self, extrinsic: Extrinsic, info: DispatchInfo, account: AccountInfo, block: BlockView
    ) -> ValidTransaction:
        """What the pool is told of a checked extrinsic."""
        signer, nonce = extrinsic.signer, extrinsic.nonce
        assert signer is not None
        era = extrinsic.era
        operational = info.class_ is DispatchClass.OPERATIONAL
        requires = () if nonce == account.nonce else (nonce_tag(signer, nonce - 1),)
        return ValidTransaction(
            priority=OPERATIONAL_PRIORITY if operational else NORMAL_PRIORITY,
            requires=requires,
            provides=(nonce_tag(signer, nonce),),
            longevity=LONGEVITY_MAX if era is None else era.death(block.number) - block.number,
            propagate=True,
        )

    def hash_of(self, number: int, block: BlockView) -> bytes | None:
        """The hash of an earlier block, None for one that is forgotten."""
        if number == block.number - 1:
            return block.parent_hash
        found = self._runtime.system.block_hash[number]
        return found if any(found) else None

    def _birth_hash(self, era: MortalEra, block: BlockView) -> bytes:
        birth = self.hash_of(era.birth(block.number), block)
        if birth is None:
            raise TransactionInvalid(Invalid.ANCIENT_BIRTH_BLOCK)
        return birth

    def payload(self, extrinsic: Extrinsic, block: BlockView) -> bytes:
        """What the signer must have signed; raises `TransactionInvalid` for an ancient birth."""
        genesis = self.hash_of(0, block)
        assert genesis is not None, "the genesis hash is never pruned"
        return extrinsic.payload(
            versions=SIGNED_VERSIONS,
            genesis=genesis,
            birth=genesis if extrinsic.era is None else self._birth_hash(extrinsic.era, block),
            metadata_hash=(
                metadata_hash(self._runtime.config) if extrinsic.metadata_hash_mode else None
            ),
        )

    def _check_nonce(self, signer: AccountId, nonce: int, info: DispatchInfo) -> AccountInfo:
        account = self._runtime.system.account[signer]
        if info.pays_fee is Pays.YES and not account.providers and not account.sufficients:
            # Nobody paid for the place that the nonce would take.
            raise TransactionInvalid(Invalid.PAYMENT)
        if nonce < account.nonce:
            raise TransactionInvalid(Invalid.STALE)
        return account

    def _check_call(self, signer: AccountId, call: Call, era: MortalEra | None) -> None:
        if call.pallet == "Sudo" and signer != self._runtime.sudo.key:
            raise TransactionInvalid(Invalid.BAD_SIGNER)
        if is_shielded(call):
            _check_shielded(call, era)
        try:
            check_guards(self._runtime, signer, call)
        except ModuleError as error:
            code = custom_code(error)
            # The older clients know every other guard only as the error of a dispatch.
            sdk10 = self._runtime.config.client_profile is ClientProfile.SDK10
            if not sdk10 or code in COLDKEY_SWAP_CODES:
                raise custom(code) from error


def _check_shielded(call: Call, era: MortalEra | None) -> None:
    if era is None or era.period > SHIELD_ERA_PERIOD_MAX:
        raise TransactionInvalid(Invalid.STALE)
    if parse_shielded(call.argument("ciphertext")) is None:
        raise custom(SHIELDED_MALFORMED)


def nonce_tag(signer: AccountId, nonce: int) -> bytes:
    """What a transaction provides, and the account's next one requires."""
    return signer + nonce.to_bytes(4, "little")
