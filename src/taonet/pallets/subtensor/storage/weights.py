"""What neurons think of each other: weights, bonds, and commits of weights."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, identity, twox_64_concat
from taonet.pallets.subtensor.types import TIMELOCKED_COMMIT_LIMIT, MechanismIndex
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Uid
from taonet.scale.types import (
    Tuple,
    Type,
    bounded_bytes,
    packed,
    pair,
    triple,
    type_of,
    u16,
    u64,
    vec,
)

hash_commits: Type[tuple[tuple[H256, int, int, int], ...]] = vec(
    Tuple((type_of(H256), u64, u64, u64))
)
timelocked_commits: Type[tuple[tuple[AccountId, int, bytes, int], ...]] = vec(
    Tuple((type_of(AccountId), u64, bounded_bytes(TIMELOCKED_COMMIT_LIMIT), u64))
)
old_timelocked_commits = vec(triple(AccountId, bounded_bytes(TIMELOCKED_COMMIT_LIMIT), u64))


class Weights(Pallet, prefix="SubtensorModule"):
    """What neurons think of each other: weights, bonds, and commits of weights."""

    weights = StorageMap(
        identity(MechanismIndex),
        identity(Uid),
        value=packed(pair(u16, u16)),
        default=b"",
        doc="Weights by target uid, as a neuron set them.",
    )
    bonds = StorageMap(
        identity(MechanismIndex),
        identity(Uid),
        value=packed(pair(u16, u16)),
        default=b"",
        doc="Bonds of a validator by miner's uid.",
    )
    weight_commits = OptionMap(
        twox_64_concat(MechanismIndex),
        twox_64_concat(AccountId),
        value=hash_commits,
        doc="Hashes that a hotkey committed: hash, commit's epoch, its block, unused.",
    )
    timelocked_weight_commits = StorageMap(
        twox_64_concat(MechanismIndex),
        twox_64_concat(u64),
        value=timelocked_commits,
        default=(),
        doc="Ciphertexts by epoch: hotkey, block, ciphertext, drand round.",
    )
    crv3_weight_commits = StorageMap(
        twox_64_concat(MechanismIndex),
        twox_64_concat(u64),
        value=old_timelocked_commits,
        default=(),
        doc="Ciphertexts of an old version: hotkey, ciphertext, drand round.",
        name="CRV3WeightCommits",
    )
    crv3_weight_commits_v2 = StorageMap(
        twox_64_concat(MechanismIndex),
        twox_64_concat(u64),
        value=timelocked_commits,
        default=(),
        doc="Ciphertexts of an old version: hotkey, block, ciphertext, drand round.",
        name="CRV3WeightCommitsV2",
    )
