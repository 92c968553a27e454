"""Epochs: when they run, who earns, and where it goes."""

import pytest

from taonet.economy.yuma import EpochInputError
from taonet.frame.origin import Signed
from taonet.pallets.subtensor import distribution
from taonet.pallets.subtensor.events.networks import EpochDeferred, EpochSkipped
from taonet.pallets.subtensor.events.stake import AutoStakeAdded, IncentiveAlphaEmittedToMiners
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import U16, U64, items, pack, pack_pairs, pairs
from taonet.pallets.subtensor.types import RecycleOrBurn
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.units import ROOT, Alpha, MechId, NetUid, Uid
from tests.pallets.subtensor.chain import NETUID, Chain, account

TEMPO = 10
MAIN = mechanism_index(NETUID)


@pytest.fixture
def chain() -> Chain:
    """One subnet: a validator (uid 0) and three miners, of whom it finds the third worthless."""
    chain = Chain()
    chain.add_subnet()
    for name in ("validator", "good", "fair", "bad"):
        chain.register(name)
    chain.stake("validator cold", "validator", 100)
    chain.stake("nominator", "validator", 100)
    set_weights(chain, [(1, 60_000), (2, 30_000), (3, 0)])
    return chain


def set_weights(chain: Chain, row: list[tuple[int, int]], mechanism: int = 0) -> None:
    """What the validator thinks, as of the present block."""
    index = mechanism_index(NETUID, MechId(mechanism))
    chain.subtensor.weights.weights[index, Uid(0)] = pack_pairs(row)
    neurons = chain.subtensor.networks.subnetwork_n[NETUID]
    chain.subtensor.scores.last_update[index] = pack([chain.system.number + 1] * neurons, U64)


def earned(chain: Chain) -> dict[str, int]:
    """The stake of each miner's owner on its hotkey."""
    return {name: chain.stake_of(f"{name} cold", name) for name in ("good", "fair", "bad")}


def test_honest_miners_earn_by_weight_and_a_worthless_one_nothing(chain: Chain) -> None:
    chain.block(TEMPO)
    first = chain.subtensor.scores.incentive[MAIN]
    # The first epoch only gives the permit: without one, weights do not count.
    assert items(first, U16) == [0, 0, 0, 0]
    assert chain.subtensor.scores.validator_permit[NETUID][0] == 1
    for _ in range(3):
        set_weights(chain, [(1, 60_000), (2, 30_000), (3, 0)])
        chain.block(TEMPO)

    stakes = earned(chain)
    assert stakes["bad"] == 0
    assert stakes["good"] == pytest.approx(2 * stakes["fair"], rel=1e-3)
    incentive = items(chain.subtensor.scores.incentive[MAIN], U16)
    assert incentive == [0, 43_690, 21_844, 0]
    # 82 % of one alpha a block for 30 blocks, half of it to miners.
    assert stakes["good"] + stakes["fair"] == pytest.approx(30e9 * 0.82 * 0.5, rel=1e-3)
    assert chain.subtensor.epochs.subnet_epoch_index[NETUID] == 4


def test_validators_share_with_nominators_after_their_take(chain: Chain) -> None:
    chain.block(TEMPO)
    before = chain.stake_of("validator cold", "validator"), chain.stake_of("nominator", "validator")
    set_weights(chain, [(1, 1)])
    chain.block(TEMPO)

    gained = chain.stake_of("validator cold", "validator") - before[0]
    nominated = chain.stake_of("nominator", "validator") - before[1]
    take = 11_796 / 65_535
    total = gained + nominated
    # The validator stakes its take before it shares the rest.
    share = before[1] / (sum(before) + total * take)
    assert nominated == pytest.approx(total * (1 - take) * share, rel=1e-3)
    recorded = chain.subtensor.emission.alpha_dividends_per_subnet[NETUID, account("validator")]
    assert int(recorded) == pytest.approx(total * (1 - take), rel=1e-3)


def test_all_alpha_of_an_epoch_reaches_somebody(chain: Chain) -> None:
    chain.block(TEMPO)
    set_weights(chain, [(1, 60_000), (2, 30_000)])
    chain.block(TEMPO)

    emission = chain.subtensor.emission
    outside = int(chain.subtensor.pools.subnet_alpha_out[NETUID])
    staked = sum(int(total) for total in chain.subtensor.stake.total_hotkey_alpha.values())
    protocol = int(chain.subtensor.pools.subnet_protocol_alpha[NETUID])
    assert int(emission.pending_server_emission[NETUID]) == 0
    # What rounding loses, and the fees that wait as alpha, is all that nobody has.
    assert 0 <= outside - staked - protocol < 100


def test_bonds_and_scores_are_kept(chain: Chain) -> None:
    chain.block(TEMPO)
    set_weights(chain, [(1, 60_000), (2, 30_000)])
    chain.block(TEMPO)

    scores = chain.subtensor.scores
    assert [uid for uid, _ in pairs(chain.subtensor.weights.bonds[MAIN, Uid(0)])] == [1, 2]
    assert items(scores.dividends[NETUID], U16) == [65_535, 0, 0, 0]
    assert items(scores.consensus[NETUID], U16)[3] == 0
    assert scores.active[NETUID] == b"\1\1\1\1"
    emissions = items(scores.emission[NETUID], U64)
    assert emissions[0] == pytest.approx(emissions[1] + emissions[2], rel=1e-3)
    (event,) = chain.events(IncentiveAlphaEmittedToMiners)
    assert isinstance(event, IncentiveAlphaEmittedToMiners)
    assert [int(amount) for amount in event.emissions][1:3] == emissions[1:3]


def test_a_failed_epoch_is_undone_and_its_alpha_waits(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.block(TEMPO - 1)

    def failing(*_: object) -> None:
        raise EpochInputError("no such state")

    monkeypatch.setattr(distribution, "incentives_of", failing)
    chain.block()
    waiting = int(chain.subtensor.emission.pending_server_emission[NETUID])
    assert chain.events(EpochSkipped) == [EpochSkipped(netuid=NETUID, block=chain.system.number)]
    assert chain.events(IncentiveAlphaEmittedToMiners) == []
    assert waiting == pytest.approx(TEMPO * 0.82e9 * 0.5, rel=0.2)
    monkeypatch.undo()
    chain.block(TEMPO)

    assert chain.subtensor.emission.pending_server_emission[NETUID] == Alpha(0)
    assert chain.subtensor.epochs.last_mechansim_step_block[NETUID] == chain.system.number


def test_two_uids_of_one_hotkey_skip_the_epoch(chain: Chain) -> None:
    chain.subtensor.neurons.keys[NETUID, Uid(3)] = account("good")
    chain.subtensor.epochs.pending_epoch_at[NETUID] = 1
    chain.system.number += 1
    chain.subtensor.block_step.on_initialize(1)

    assert chain.events(EpochSkipped) == [EpochSkipped(netuid=NETUID, block=1)]
    assert chain.subtensor.epochs.last_mechansim_step_block[NETUID] == 0


def test_epochs_beyond_a_blocks_room_wait_for_the_next(chain: Chain) -> None:
    chain.add_subnet(NetUid(2))
    chain.subtensor.global_parameters.max_epochs_per_block = 1
    for netuid in (NETUID, NetUid(2)):
        chain.subtensor.epochs.last_epoch_block[netuid] = 0
    chain.block(TEMPO)
    assert chain.events(EpochDeferred) == [
        EpochDeferred(netuid=NetUid(2), from_block=TEMPO, to_block=TEMPO + 1)
    ]
    chain.block()

    last = chain.subtensor.epochs.last_epoch_block
    assert (last[NETUID], last[NetUid(2)]) == (TEMPO, TEMPO + 1)


def test_the_owner_is_paid_its_cut_but_not_for_mining(chain: Chain) -> None:
    uid = chain.subtensor.neuron_registry.append(NETUID, account("owner hotkey"))
    chain.block(TEMPO)
    chain.subtensor.hyperparameters.recycle_or_burn[NETUID] = RecycleOrBurn.RECYCLE
    had = chain.stake_of("owner", "owner hotkey")
    recycled = int(chain.assets.alpha_recycled[NETUID])
    set_weights(chain, [(1, 1), (int(uid), 1)])
    chain.block(TEMPO)

    cut = chain.stake_of("owner", "owner hotkey") - had
    assert cut == pytest.approx(TEMPO * 1e9 * 0.18, rel=1e-3)
    withheld = int(chain.assets.alpha_recycled[NETUID]) - recycled
    assert withheld > TEMPO * 1e9 * 0.82 * 0.25 * 0.99
    burned = chain.subtensor.emission.miner_burned[NETUID] / 2**32
    assert burned == pytest.approx(0.5, rel=1e-3)


def test_rewards_are_staked_where_the_miners_owner_wants_them(chain: Chain) -> None:
    chain.subtensor.hotkeys.set_coldkey_auto_stake_hotkey(
        Signed(account("good cold")), NETUID, account("validator")
    )
    chain.block(TEMPO)
    set_weights(chain, [(1, 1)])
    chain.block(TEMPO)

    assert chain.stake_of("good cold", "good") == 0
    assert chain.stake_of("good cold", "validator") > 4 * 10**9
    assert len(chain.events(AutoStakeAdded)) == 1


def test_a_parent_earns_through_its_child(chain: Chain) -> None:
    chain.own(account("parent cold"), account("parent"))
    chain.stake("parent cold", "parent", 100)
    everything = 2**64 - 1
    chain.subtensor.children.child_keys[account("parent"), NETUID] = (
        (everything, account("validator")),
    )
    chain.subtensor.children.parent_keys[account("validator"), NETUID] = (
        (everything, account("parent")),
    )
    chain.block(TEMPO)
    had = chain.stake_of("parent cold", "parent")
    set_weights(chain, [(1, 1)])
    chain.block(TEMPO)

    gained = chain.stake_of("parent cold", "parent") - had
    # A bit less than a third of the validators' half: it bought at a higher price.
    assert 0.25 < gained / (TEMPO * 1e9 * 0.82 * 0.5) < 0.33


def test_two_mechanisms_share_the_emission(chain: Chain) -> None:
    chain.subtensor.networks.mechanism_count_current[NETUID] = MechId(2)
    chain.subtensor.networks.mechanism_emission_split[NETUID] = (49_151, 16_384)
    chain.block(TEMPO)
    set_weights(chain, [(1, 1)])
    set_weights(chain, [(2, 1)], mechanism=1)
    chain.block(TEMPO)

    stakes = earned(chain)
    assert stakes["good"] == pytest.approx(3 * stakes["fair"], rel=1e-3)


def test_root_stakers_earn_what_they_may_claim(chain: Chain) -> None:
    chain.subtensor.pools.subnet_moving_price[NETUID] = I96F32(3 << 32)
    chain.stake("root cold", "validator", 1_000, ROOT)
    chain.subtensor.root_claims.num_root_claim = 0
    chain.block(TEMPO)
    set_weights(chain, [(1, 1)])
    chain.block(2 * TEMPO)

    rate = chain.subtensor.root_claims.root_claimable[account("validator")][NETUID]
    owed = chain.staking.root.owed(account("validator"), account("root cold"), NETUID)
    assert rate > 0
    assert owed >> 32 == (rate * 1_000 * 10**9) >> 32
    recorded = chain.subtensor.emission.root_alpha_dividends_per_subnet
    assert int(recorded[NETUID, account("validator")]) > 0


def test_what_is_burned_of_childkey_dividends_is_paid_all_the_same(chain: Chain) -> None:
    """As on the real chain: what others' stake earned is recycled in part and paid in full."""
    chain.own(account("parent cold"), account("parent"))
    chain.stake("parent cold", "parent", 100)
    chain.subtensor.parentage._apply(
        NETUID, account("parent"), ((2**64 - 1, account("validator")),)
    )
    chain.block(TEMPO - 1)
    states = []
    for burn in (0, 2**63):
        with chain.state.discarded():
            chain.subtensor.global_parameters.ck_burn = burn
            before = int(chain.assets.alpha_recycled[NETUID])
            chain.block()
            recycled = int(chain.assets.alpha_recycled[NETUID]) - before
            staked = sum(int(total) for total in chain.subtensor.stake.total_hotkey_alpha.values())
            states.append((recycled, staked))
    (not_burned, whole), (burned, paid) = states
    # What is recycled in both is the root's part of this block.
    assert burned - not_burned > 10**8
    assert paid == pytest.approx(whole, abs=10)


def test_every_neuron_is_noted_on_root_and_with_its_stake(chain: Chain) -> None:
    chain.own(account("parent cold"), account("parent"))
    chain.subtensor.parentage._apply(NETUID, account("parent"), ((1, account("bad")),))
    chain.block(TEMPO)
    chain.stake("nominator", "bad", 5)
    set_weights(chain, [(1, 1)])
    chain.block(TEMPO)

    rates = chain.subtensor.root_claims.root_claimable
    for name in ("validator", "good", "bad", "parent"):
        assert rates[account(name)] == {NETUID: 0}
    last_epoch = chain.subtensor.stake.total_hotkey_alpha_last_epoch
    for name in ("good", "bad", "parent"):
        total = chain.subtensor.stake.total_hotkey_alpha[account(name), NETUID]
        assert last_epoch[account(name), NETUID] == total


def test_all_epochs_are_announced_before_the_first_one_pays(chain: Chain) -> None:
    other = NetUid(2)
    chain.add_subnet(other)
    chain.subtensor.global_parameters.max_epochs_per_block = 1
    for netuid in (NETUID, other):
        chain.subtensor.epochs.last_epoch_block[netuid] = 0
        chain.subtensor.hyperparameters.tempo[netuid] = TEMPO
    chain.block(TEMPO)
    kinds = [type(deposited.event) for deposited in chain.state.events]
    assert kinds.index(EpochDeferred) < kinds.index(IncentiveAlphaEmittedToMiners)
