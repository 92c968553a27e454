"""Random calls, honest and hostile: of any call by the types and names of its arguments."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Origin, Root, Signed
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.pallets.subtensor.types import Keep, KeepSubnets, RootClaimType, Swap
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.runtime.pallets import CALLS
from taonet.runtime.runtime import Runtime
from taonet.scale.types import (
    Array,
    ByteArray,
    Bytes,
    CLike,
    Compact,
    Composite,
    FixedPoint,
    Late,
    Option,
    Primitive,
    SetType,
    Tuple,
    Type,
    Variants,
    Vec,
    fields_of,
)

LEFT_OUT: Final = ("System", "Timestamp", "Grandpa", "MevShield", "SafeMode", "Sudo", "Commitments")
"""Pallets whose calls move no money, or with which root may write anything or stop everything."""

MONEY_CALLS: Final = (
    "add_stake",
    "remove_stake",
    "move_stake",
    "transfer_stake",
    "swap_stake",
    "unstake_all",
    "unstake_all_alpha",
    "add_stake_limit",
    "remove_stake_limit",
    "swap_stake_limit",
    "remove_stake_full_limit",
    "recycle_alpha",
    "burn_alpha",
    "add_stake_burn",
    "burned_register",
    "register_limit",
    "root_register",
    "set_children",
    "set_weights",
    "claim_root",
    "set_root_claim_type",
    "lock_stake",
    "move_lock",
    "register_network",
    "start_call",
    "set_coldkey_auto_stake_hotkey",
)

PREFERRED: Final = (
    *(("SubtensorModule", name) for name in MONEY_CALLS),
    ("Balances", "transfer_allow_death"),
    ("Balances", "transfer_all"),
)
"""The calls that move money, which are asked for more often than the others."""

BY_HOTKEYS: Final = (("SubtensorModule", "set_weights"),)
"""Those of them that a hotkey signs."""

UNDRAWN: Final = frozenset(
    {
        # Root may set the issuance to any number: that is no rule to be kept.
        ("Balances", "force_adjust_total_issuance"),
        ("Balances", "force_set_balance"),
        # With it, root may take what a subnet's pool stands for.
        ("Balances", "force_transfer"),
        # With it too, since it moves all that an account has, also a subnet's.
        ("SubtensorModule", "swap_coldkey"),
        # Whatever is drawn as its origin, and whatever it holds, is drawn without it too.
        ("Utility", "dispatch_as"),
        ("Utility", "dispatch_as_fallible"),
        ("Utility", "with_weight"),
    }
)

ALL: Final = tuple(sorted(key for key in CALLS if key[0] not in LEFT_OUT and key not in UNDRAWN))

U64_MAX: Final = 2**64 - 1
EDGES: Final = (0, 1, 2, 499, 500, 501, 1_999_999, 2_000_000, 10**9, 2**63 - 1, 2**63, U64_MAX)

NESTING_MAX: Final = 2


class CallMaker:
    """Draws calls for a network; the same `random` on the same state draws the same."""

    def __init__(
        self,
        runtime: Runtime,
        random: Random,
        coldkeys: Sequence[AccountId],
        hotkeys: Sequence[AccountId],
    ) -> None:
        self._runtime = runtime
        self._random = random
        self._coldkeys = coldkeys
        self._hotkeys = hotkeys
        self._signer = coldkeys[0]
        self._place: tuple[AccountId, NetUid] | None = None
        self._nested = 0
        self._uids = 0

    def honest(self) -> tuple[Call, Origin]:
        """A call that moves money, mostly by someone who can; root's are left out."""
        # Accounts without a key, such as subnets', may be given stake; they sign nothing.
        holders = [
            holder
            for holder in self._runtime.subtensor.staking.pools.holders()
            if holder[1] in self._coldkeys
        ]
        self._signer = self._random.choice(self._coldkeys)
        hotkey = self._random.choice(self._hotkeys)
        if holders:
            hotkey, self._signer, netuid = self._random.choice(holders)
            self._place = hotkey, netuid
        names = self._random.choice(PREFERRED)
        if names in BY_HOTKEYS:
            self._signer = hotkey
        try:
            return self._draw(names), Signed(self._signer)
        finally:
            self._place = None

    def any(self) -> tuple[Call, Origin]:
        """Any call, by anyone, root included."""
        self._signer = self._random.choice((*self._coldkeys, *self._hotkeys))
        root = self._random.random() < 0.4
        return self._draw(self._random.choice(ALL)), Root() if root else Signed(self._signer)

    def parameters(self) -> tuple[Call, Origin]:
        """A parameter that root, or a subnet's owner, sets to something."""
        names = [key for key in ALL if key[0] == "AdminUtils"]
        self._signer = self._random.choice(self._coldkeys)
        root = self._random.random() < 0.7
        return self._draw(self._random.choice(names)), Root() if root else Signed(self._signer)

    def _draw(self, names: tuple[str, str]) -> Call:
        spec, pallet, index = CALLS[names]
        arguments = tuple(self._value(field.name or "", field.type) for field in spec.fields)
        codec = self._runtime.codecs.of(RUNTIME_CALL)
        # Written and read again: arguments are then what any client's would be.
        decoded: Call = codec.decode(codec.encode(Call(spec, pallet, index, arguments)))
        return decoded

    def _value(self, name: str, described: Type[Any]) -> Any:
        random = self._random
        match described:
            case Primitive("bool"):
                return random.random() < 0.5
            case Primitive(kind):
                return self._integer(name, kind)
            case Compact(inner):
                return self._value(name, inner)
            case ByteArray(32) if described.build is AccountId:
                return self._account(name)
            case ByteArray(length):
                return described.build(random.randbytes(length))
            case Bytes(limit):
                drawn = random.choice((b"", b"abc", "τ".encode(), random.randbytes(40)))
                return drawn[:limit]
            case FixedPoint(_, bits, fraction):
                limit = 2 ** (int(bits.name[1:]) - (bits.name[0] == "i"))
                return random.choice((0, 1, 1 << fraction, 3 << (fraction - 1), limit - 1))
            case Late():
                return self._call()
        return self._compound(name, described)

    def _compound(self, name: str, described: Type[Any]) -> Any:
        match described:
            case Option(inner):
                return None if self._random.random() < 0.5 else self._value(name, inner)
            case Tuple(elements):
                return tuple(self._value(name, element) for element in elements)
            case SetType(item):
                return tuple(sorted({self._value("netuid", item) for _ in range(3)}))
            case Vec(item, limit):
                return self._several(name, item)[:limit]
            case Array(item, length):
                return tuple(self._value(name, item) for _ in range(length))
            case Variants(cls):
                return self._variant(cls)
        assert isinstance(described, Composite), f"no values are drawn for {described!r}"
        fields = fields_of(described.cls)
        return described.cls(*(self._value(field.name or "", field.type) for field in fields))

    def _several(self, name: str, item: Type[Any]) -> tuple[Any, ...]:
        if isinstance(item, Late):
            return tuple(self._call() for _ in range(self._random.randrange(3)))
        count = self._random.choice((0, 1, 1, 2, 3, 4))
        if name in ("dests", "uids"):
            self._uids = count
            return tuple(range(count))
        if name == "other_signatories":
            return tuple(sorted({self._value(name, item) for _ in range(count)}))
        if name in ("weights", "values") and self._random.random() < 0.8:
            count = self._uids
        return tuple(self._value(name, item) for _ in range(count))

    def _variant(self, cls: Any) -> Any:
        random = self._random
        if cls.__name__ == "MultiAddress":
            return AddressId(self._account("any"))
        if cls is RootClaimType:
            return random.choice((Swap(), Keep(), KeepSubnets(tuple({self._netuid()}))))
        if issubclass(cls, CLike):
            return random.choice(list(cls))
        variant = cls.scale_variants[random.choice(sorted(cls.scale_variants))]
        fields = fields_of(variant)
        return variant(*(self._value(field.name or "", field.type) for field in fields))

    def _call(self) -> Call:
        """A call in another one: not too deep, since random trees have no end of their own."""
        self._nested += 1
        try:
            names = PREFERRED if self._nested > NESTING_MAX else ALL
            return self._draw(self._random.choice(names))
        finally:
            self._nested -= 1

    def _account(self, name: str) -> AccountId:
        random = self._random
        if random.random() < 0.03:
            return random.choice((AccountId(bytes(32)), subnet_account(self._netuid())))
        if self._place and name in ("hotkey", "origin_hotkey") and random.random() < 0.7:
            return self._place[0]
        if "hotkey" in name or name == "children":
            return random.choice(self._hotkeys)
        if "coldkey" in name:
            return random.choice(self._coldkeys)
        return random.choice((*self._coldkeys, *self._hotkeys))

    def _netuid(self) -> NetUid:
        present = sorted(self._runtime.subtensor.networks.networks_added.keys())
        if self._random.random() < 0.03:
            return NetUid(self._random.choice((int(max(present)) + 1, 65_535)))
        return self._random.choice(present)

    def _integer(self, name: str, kind: str) -> int:
        random = self._random
        if self._place and name in ("netuid", "origin_netuid") and random.random() < 0.7:
            return int(self._place[1])
        if "netuid" in name or name == "subnets":
            return int(self._netuid())
        if kind == "u64" and ("amount" in name or name in ("value", "new_free")):
            return self._amount()
        limit = 2 ** (int(kind[1:]) - (kind[0] == "i"))
        if kind == "u64":
            return random.choice((*EDGES, random.randrange(10**10), random.randrange(limit)))
        drawers: tuple[Callable[[], int], ...] = (
            lambda: random.randrange(4),
            lambda: random.randrange(20),
            lambda: random.randrange(limit),
            lambda: limit - 1,
        )
        return random.choice(drawers)()

    def _amount(self) -> int:
        """A number near something that the signer has, or one that is often got wrong."""
        random, runtime = self._random, self._runtime
        kind = random.random()
        if kind < 0.2:
            return random.choice(EDGES)
        if kind < 0.5:
            return random.randrange(1_000_000, 10**11)
        if kind < 0.65:
            return max(
                int(runtime.balances.free(self._signer)) - random.choice((0, 1, 499, 500)), 0
            )
        pools = runtime.subtensor.staking.pools
        hotkey, netuid = self._place or (random.choice(self._hotkeys), self._netuid())
        stake = int(pools.stake(hotkey, self._signer, netuid)) or 10**9
        return min(max(random.choice((stake, stake + 1, stake - 1, stake // 2)), 0), U64_MAX)
