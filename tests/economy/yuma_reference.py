"""
The epoch in Python's integers over lists of pairs: slow, and close to the chain's own steps.

The oracle of `economy.yuma`. It shares no arithmetic with it: rows stay sparse, the median is the
chain's search by pivots, and liquid alpha reads rows in step with the columns.

Source: subtensor pallets/subtensor/src/epoch/{run_epoch,math}.rs @ 14bc6f9.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from taonet.economy.yuma import EpochInput

Row = list[tuple[int, int]]
Rows = list[Row]

ONE = 1 << 32
HIGHEST = 2**63 - 1
LOWEST = -(2**63)
U16_MAX = 65535
EULER = int("ADF85458A2BB4A9AAFDC5620273D3CF1", 16) >> 103 << 9


@dataclass(frozen=True)
class ReferenceOutput:
    """The result; bits are raw I32F32."""

    server_emission_rao: list[int]
    validator_emission_rao: list[int]
    combined_emission_rao: list[int]
    consensus_bits: list[int]
    incentive_bits: list[int]
    dividends_bits: list[int]
    validator_trust_bits: list[int]
    stake_bits: list[int]
    active: list[bool]
    validator_permits: list[bool]
    bonds_bits: Rows
    bonds_u16: Rows


def clamp(number: int) -> int:
    return max(LOWEST, min(HIGHEST, number))


def mul(a: int, b: int) -> int:
    return clamp((a * b) >> 32)


def div(a: int, b: int) -> int:
    """Toward zero; 0 for a divisor of 0 or a quotient out of range."""
    if b == 0:
        return 0
    quotient = abs(a << 32) // abs(b)
    quotient = quotient if (a < 0) == (b < 0) else -quotient
    return quotient if LOWEST <= quotient <= HIGHEST else 0


def to_u16(number: int) -> int:
    return max(0, min(U16_MAX, mul(number, U16_MAX << 32) >> 32))


def normalised(vector: Sequence[int]) -> list[int]:
    total = sum(vector)
    return [div(number, total) for number in vector] if total else list(vector)


def at(vector: Sequence[int], index: int, default: int = 0) -> int:
    return vector[index] if index < len(vector) else default


def filtered(rows: Rows, keep: Callable[[int, int], bool]) -> Rows:
    return [[(j, v) for j, v in row if keep(i, j)] for i, row in enumerate(rows)]


def run(epoch: EpochInput) -> ReferenceOutput:
    n = epoch.neurons
    stake, active_stake, active, permitted, permitted_next = stake_and_permits(epoch)

    weights = masked_weights(epoch, permitted)
    for i, row in enumerate(weights):
        total = sum(v for _, v in row)
        if total > 0:
            weights[i] = [(j, div(v, total)) for j, v in row]

    kappa = div(epoch.kappa_u16 << 32, U16_MAX << 32)
    consensus = median_columns(active_stake, weights, n, kappa)
    clipped: Rows = []
    for row in weights:
        clipped.append(
            [(j, min(v, consensus[j])) for j, v in row if v <= consensus[j] or consensus[j]]
        )
    trust = [sum(v for _, v in row) for row in clipped]

    ranks = [0] * n
    for i, row in enumerate(clipped):
        for j, v in row:
            ranks[j] += mul(active_stake[i], v)
    incentive = normalised(ranks)

    bought = penalised(weights, clipped, epoch.bonds_penalty_u16, n)
    held: Rows = [[(int(j), int(v) << 32) for j, v in row] for row in epoch.bonds_rows]
    since = epoch.last_epoch_block + 1
    if epoch.last_epoch_block == 0:
        since = max(epoch.current_block - epoch.tempo_blocks, 0)
    held = filtered(held, lambda _, j: since > at(epoch.registration_block, j))
    if epoch.yuma3:
        bonds, dividends = yuma3(epoch, bought, held, consensus, incentive, active_stake)
    else:
        bonds, dividends = yuma2(epoch, bought, held, incentive, active_stake)

    server, validator, combined = split(epoch, incentive, dividends, stake, active_stake)
    stored: Rows = [
        [(j, to_u16(v)) for j, v in row] if permit else []
        for row, permit in zip(bonds, permitted_next, strict=True)
    ]
    return ReferenceOutput(
        server, validator, combined, consensus, incentive, dividends, trust, stake,
        active, permitted_next, bonds, stored,
    )  # fmt: skip


def stake_and_permits(
    epoch: EpochInput,
) -> tuple[list[int], list[int], list[bool], list[bool], list[bool]]:
    n = epoch.neurons
    counted = []
    for uid, bits in enumerate(epoch.stake_weights):
        too_little = uid != epoch.owner_uid and bits >> 64 < epoch.stake_threshold
        counted.append(0 if too_little else bits)
    total = sum(counted)
    stake = [((bits << 64) // total) >> 32 if total else bits >> 32 for bits in counted]

    inactive = [
        min(updated + epoch.activity_cutoff_blocks, 2**64 - 1) < epoch.current_block
        for updated in epoch.last_update_block
    ]
    permits = list(epoch.validator_permits)
    by_stake = sorted(range(n), key=lambda uid: stake[uid])
    permitted_next = [bits != 0 for bits in stake]
    if n >= epoch.max_allowed_validators:
        for uid in by_stake[: n - epoch.max_allowed_validators]:
            permitted_next[uid] = False
    if epoch.owner_uid is not None:
        if epoch.owner_uid < len(permits):
            permits[epoch.owner_uid] = True
        if epoch.owner_uid < n:
            permitted_next[epoch.owner_uid] = True

    active_stake = list(stake)
    for mask in (inactive, [not permit for permit in permits]):
        if mask:
            active_stake = [
                0 if at(mask, uid, default=True) else bits for uid, bits in enumerate(active_stake)
            ]
    active = [uid < len(inactive) and not inactive[uid] for uid in range(n)]
    permitted = [uid < len(permits) and permits[uid] for uid in range(n)]
    return stake, normalised(active_stake), active, permitted, permitted_next


def masked_weights(epoch: EpochInput, permitted: list[bool]) -> Rows:
    n = epoch.neurons
    rows: Rows = [[(int(j), int(v) << 32) for j, v in row if j < n] for row in epoch.weights_rows]
    rows = filtered(rows, lambda i, _: permitted[i])
    rows = filtered(rows, lambda i, j: i != j or i == epoch.owner_uid)
    registered, updated = epoch.registration_block, epoch.last_update_block
    rows = filtered(rows, lambda i, j: at(updated, i) > registered[j])
    committed = epoch.commit_block
    if committed is not None:
        rows = filtered(rows, lambda i, j: committed[i] >= registered[j])
    return rows


def median_columns(stake: list[int], rows: Rows, n: int, kappa: int) -> list[int]:
    voters = [uid for uid, bits in enumerate(stake) if bits > 0]
    shares = normalised([stake[uid] for uid in voters])
    total = sum(shares)
    scores = [[0] * len(voters) for _ in range(n)]
    for k, uid in enumerate(voters):
        for j, v in rows[uid]:
            scores[j][k] = v
    return [median(shares, column, total - kappa, total) for column in scores]


def median(shares: list[int], scores: list[int], minority: int, high: int) -> int:
    """The search by pivots: `low` and `high` are the stake below and up to the partition."""
    partition = list(range(len(shares)))
    low = 0
    while len(partition) > 1:
        pivot = scores[partition[len(partition) // 2]]
        below = [k for k in partition if scores[k] < pivot]
        above = [k for k in partition if scores[k] > pivot]
        below_stake = sum(shares[k] for k in below)
        above_stake = sum(shares[k] for k in above)
        if minority < low + below_stake and below:
            partition, high = below, low + below_stake
        elif high - above_stake <= minority and above:
            partition, low = above, high - above_stake
        else:
            return pivot
    return scores[partition[0]] if partition else 0


def penalised(weights: Rows, clipped: Rows, penalty_u16: int, n: int) -> Rows:
    ratio = div(penalty_u16 << 32, U16_MAX << 32)
    if ratio == 0:
        return weights
    if ratio == ONE:
        return clipped
    result: Rows = []
    for row, cut in zip(weights, clipped, strict=True):
        whole, part = dict(row), dict(cut)
        mixed = [
            (j, clamp(whole.get(j, 0) + mul(ratio, part.get(j, 0) - whole.get(j, 0))))
            for j in range(n)
        ]
        result.append([(j, v) for j, v in mixed if v > 0])
    return result


def column_normalised(rows: Rows, n: int) -> Rows:
    sums = [0] * n
    for row in rows:
        for j, v in row:
            if j < n:
                sums[j] = clamp(sums[j] + v)
    return [[(j, div(v, at(sums, j)) if at(sums, j) else v) for j, v in row] for row in rows]


def column_upscaled(rows: Rows, n: int) -> Rows:
    largest = [0] * n
    for row in rows:
        for j, v in row:
            largest[j] = max(largest[j], v)
    return [[(j, div(v, largest[j]) if largest[j] else v) for j, v in row] for row in rows]


def moving_average(new: Rows, old: Rows, millionths: int, n: int) -> Rows:
    part = min((min(millionths, 2**63 - 1) << 64) // 1_000_000 >> 32, HIGHEST)
    alpha = clamp(ONE - part)
    result: Rows = []
    for new_row, old_row in zip(new, old, strict=True):
        cells = [0] * n
        for j, v in new_row:
            cells[j] = clamp(cells[j] + mul(alpha, v))
        for j, v in old_row:
            if j < n:
                cells[j] = clamp(cells[j] + mul(clamp(ONE - alpha), v))
        result.append([(j, v) for j, v in enumerate(cells) if v > 0])
    return result


def yuma2(
    epoch: EpochInput, bought: Rows, held: Rows, incentive: list[int], active_stake: list[int]
) -> tuple[Rows, list[int]]:
    n = epoch.neurons
    held = column_normalised(held, n)
    delta: Rows = [
        [(j, mul(v, stake)) for j, v in row]
        for row, stake in zip(bought, active_stake, strict=True)
    ]
    delta = column_normalised(delta, n)
    bonds = moving_average(delta, held, epoch.bonds_moving_average_millionths, n)
    bonds = column_normalised(bonds, n)
    dividends = normalised([sum(mul(incentive[j], v) for j, v in row) for row in bonds])
    return column_upscaled(bonds, n), dividends


def yuma3(
    epoch: EpochInput,
    bought: Rows,
    held: Rows,
    consensus: list[int],
    incentive: list[int],
    active_stake: list[int],
) -> tuple[Rows, list[int]]:
    n = epoch.neurons
    held = [[(j, div(v, U16_MAX << 32)) for j, v in row] for row in held]
    if epoch.liquid_alpha and any(consensus):
        bonds = liquid(epoch, bought, held, consensus)
    else:
        bonds = moving_average(bought, held, epoch.bonds_moving_average_millionths, n)
    totals = [sum(mul(v, incentive[j]) for j, v in row) for row in column_normalised(bonds, n)]
    return bonds, normalised([mul(t, s) for t, s in zip(totals, active_stake, strict=True)])


def liquid(epoch: EpochInput, bought: Rows, held: Rows, consensus: list[int]) -> Rows:
    result: Rows = []
    for new_row, old_row in zip(bought, held, strict=True):
        if not new_row:
            result.append([])
            continue
        seen_new, seen_old = in_step(new_row, consensus), in_step(old_row, consensus)
        alphas = [
            alpha_sigmoid(epoch, *terms)
            for terms in zip(consensus, seen_new, seen_old, strict=True)
        ]
        old = {j: mul(ONE - alphas[j], v) for j, v in old_row if j < len(consensus)}
        moved = [
            (j, min(clamp(old.get(j, 0) + max(mul(alphas[j], v), 0)), ONE)) for j, v in new_row
        ]
        result.append([(j, v) for j, v in moved if v > 0])
    return result


def in_step(row: Row, consensus: list[int]) -> list[int]:
    """The value at each column, for a reader that never goes back in the row."""
    values, position = [], 0
    for column in range(len(consensus)):
        while position < len(row) and row[position][0] < column:
            position += 1
        found = position < len(row) and row[position][0] == column
        values.append(row[position][1] if found else 0)
    return values


def alpha_sigmoid(epoch: EpochInput, consensus: int, weight: int, bond: int) -> int:
    low = div(epoch.alpha_low_u16 << 32, U16_MAX << 32)
    high = div(epoch.alpha_high_u16 << 32, U16_MAX << 32)
    distance = weight - consensus if weight >= bond else bond - weight
    distance = max(0, min(ONE, distance))
    steepness = div(epoch.alpha_sigmoid_steepness << 32, -100 << 32)
    sigmoid = div(ONE, ONE + exponential(mul(steepness, distance - ONE // 2)))
    return max(min(low + mul(sigmoid, high - low), high), low)


def exponential(exponent: int) -> int:
    exponent = max(-20 * ONE, min(20 * ONE, exponent))
    if exponent in (0, ONE):
        return EULER if exponent else ONE
    size = abs(exponent)
    term, total = size, ONE + size
    for i in range(2, 32):
        term = div(mul(term, size), i << 32)
        total += term
    return div(ONE, total) if exponent < 0 else total


def split(
    epoch: EpochInput,
    incentive: list[int],
    dividends: list[int],
    stake: list[int],
    active_stake: list[int],
) -> tuple[list[int], list[int], list[int]]:
    both = [i + d for i, d in zip(incentive, dividends, strict=True)]
    total = sum(both)
    server = [div(i, total) if total else i for i in incentive]
    validator = [div(d, total) if total else d for d in dividends]
    both = normalised(both)
    if total == 0:
        validator = both = active_stake if sum(active_stake) else stake
    rao = epoch.emission_rao
    return (
        [part * rao >> 32 for part in server],
        [part * rao >> 32 for part in validator],
        [part * rao >> 32 for part in both],
    )
