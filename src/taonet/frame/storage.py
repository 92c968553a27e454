"""
Storage: declared once as class attributes of a pallet, read and written through its instances.

    total_issuance = StorageValue(Rao, default=Rao(0), doc="…")
    free = StorageMap(blake2_128_concat(AccountId), value=Rao, default=Rao(0), doc="…")
    axons = OptionMap(identity(NetUid), blake2_128_concat(AccountId), value=AxonInfo, doc="…")

On an instance a value reads and writes like an attribute (`self.total_issuance += fee`), a map
like a mapping whose key is the key, or the tuple of its keys (`self.axons[netuid, hotkey]`).
Setting stores, even a default; `del` removes; setting an optional to None removes.

Keys are Substrate's: twox128(pallet) ++ twox128(item) ++ hasher(key) …; clients read them raw.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, overload

from taonet.frame.config import RuntimeConfig
from taonet.frame.state import State
from taonet.primitives.hashing import blake2_128, blake2_256, twox_64, twox_128
from taonet.scale.codec import Codec, codec
from taonet.scale.types import Type, type_of

K = TypeVar("K")
V = TypeVar("V")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")

KEY_MEMO_SIZE = 1 << 12
"""How many storage keys an item remembers: more than the hot keys of 128 subnets."""


class Holder(Protocol):
    """A pallet: it has a state."""

    @property
    def state(self) -> State:
        """What its items read and write."""


@dataclass(frozen=True)
class Hasher:
    """A key hasher: `prefix_length` bytes of hash stand before the encoded key."""

    name: str
    prefix_length: int
    hash: Callable[[bytes], bytes]


IDENTITY = Hasher("Identity", 0, lambda _: b"")
BLAKE2_128_CONCAT = Hasher("Blake2_128Concat", 16, blake2_128)
BLAKE2_256 = Hasher("Blake2_256", 32, blake2_256)
TWOX_64_CONCAT = Hasher("Twox64Concat", 8, twox_64)


@dataclass(frozen=True)
class KeyPart(Generic[A]):
    """One key of a map and how it is hashed."""

    hasher: Hasher
    type: Type[A]

    def encode(self, key: A) -> bytes:
        """The hash and, behind it, the key itself."""
        raw = codec(self.type).encode(key)
        return self.hasher.hash(raw) + raw

    def decode(self, key: bytes, offset: int) -> tuple[A, int]:
        """The key at `offset` and where the next one starts."""
        return codec(self.type).decode_at(key, offset + self.hasher.prefix_length)


def identity(key: Type[A] | type[A]) -> KeyPart[A]:
    """A key that stands for itself: ids that nobody can choose freely."""
    return KeyPart(IDENTITY, type_of(key))


def blake2_128_concat(key: Type[A] | type[A]) -> KeyPart[A]:
    """A key behind its blake2-128: safe for keys that strangers choose."""
    return KeyPart(BLAKE2_128_CONCAT, type_of(key))


def twox_64_concat(key: Type[A] | type[A]) -> KeyPart[A]:
    """A key behind its xxh64: quick, for keys that nobody can choose freely."""
    return KeyPart(TWOX_64_CONCAT, type_of(key))


@dataclass(frozen=True)
class FromConfig(Generic[V]):
    """A default that depends on what the runtime is composed for."""

    of: Callable[[RuntimeConfig], V]


def camel_case(name: str) -> str:
    """`total_issuance` as `TotalIssuance`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


class StorageItem(Generic[V]):
    """What all storage items share: their name, type, default and docs."""

    def __init__(self, value: Type[V] | type[V], default: Any, doc: str, name: str) -> None:
        self.type: Type[V] = type_of(value)
        self.default = default
        self.doc = doc
        self.name = name
        self.parts: tuple[KeyPart[Any], ...] = ()
        self.prefix = b""
        self.pallet = ""
        self.codec: Codec[V] = codec(self.type)
        self.attribute = ""

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.attribute = attribute

    @property
    def optional(self) -> bool:
        """Whether an absent value is None instead of a default."""
        return self.default is None

    def default_for(self, config: RuntimeConfig) -> Any:
        """The value that an absent key stands for."""
        return self.default.of(config) if isinstance(self.default, FromConfig) else self.default

    def attach(self, pallet: str) -> None:
        """Take the place in storage that the pallet's name and the attribute's give."""
        self.name = self.name or camel_case(self.attribute)
        self.pallet = pallet
        self.prefix = twox_128(pallet.encode()) + twox_128(self.name.encode())


class StorageValue(StorageItem[V]):
    """One value; on an instance it reads and writes like an attribute."""

    def __init__(
        self, value: Type[V] | type[V], *, default: V | FromConfig[V], doc: str, name: str = ""
    ) -> None:
        super().__init__(value, default, doc, name)

    @overload
    def __get__(self, pallet: None, owner: type) -> "StorageValue[V]": ...
    @overload
    def __get__(self, pallet: Holder, owner: type) -> V: ...
    def __get__(self, pallet: Holder | None, owner: type) -> "StorageValue[V] | V":
        if pallet is None:
            return self
        value: V | None = pallet.state.load(self.prefix, self.codec)
        if value is not None:
            return value
        default: V = self.default_for(pallet.state.config)
        return default

    def __set__(self, pallet: Holder, value: V) -> None:
        pallet.state.store(self.prefix, value, self.codec)

    def __delete__(self, pallet: Holder) -> None:
        pallet.state.remove(self.prefix)


class OptionValue(StorageItem[V]):
    """One value or None."""

    def __init__(self, value: Type[V] | type[V], *, doc: str, name: str = "") -> None:
        super().__init__(value, None, doc, name)

    @overload
    def __get__(self, pallet: None, owner: type) -> "OptionValue[V]": ...
    @overload
    def __get__(self, pallet: Holder, owner: type) -> V | None: ...
    def __get__(self, pallet: Holder | None, owner: type) -> "OptionValue[V] | V | None":
        if pallet is None:
            return self
        value: V | None = pallet.state.load(self.prefix, self.codec)
        return value

    def __set__(self, pallet: Holder, value: V | None) -> None:
        if value is None:
            pallet.state.remove(self.prefix)
        else:
            pallet.state.store(self.prefix, value, self.codec)

    def __delete__(self, pallet: Holder) -> None:
        pallet.state.remove(self.prefix)


class _KeyMemo(dict[Any, bytes]):
    """
    Raw storage keys by key: a pure memo, bounded, that every instance of a pallet shares. A lookup
    never leaves the interpreter's own code.
    """

    def __init__(self, make: Callable[[Any], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> bytes:
        if len(self) >= KEY_MEMO_SIZE:
            self.clear()
        raw = self[key] = self._make(key)
        return raw


class _AnyMap(StorageItem[V], Generic[K, V]):
    """What both kinds of map share: their key parts and raw keys."""

    def __init__(
        self,
        parts: tuple[KeyPart[Any], ...],
        value: Type[V] | type[V],
        default: Any,
        doc: str,
        name: str,
    ) -> None:
        super().__init__(value, default, doc, name)
        self.parts = parts
        # Looked up once: most of a state's keys are made for the first time in some epoch.
        self._encoders = tuple((part.hasher.hash, codec(part.type).encode) for part in parts)
        self._decoders = tuple(
            (part.hasher.prefix_length, codec(part.type).decode_at) for part in parts
        )
        self.key: Callable[[Any], bytes] = _KeyMemo(self._make_key).__getitem__

    def _make_key(self, key: Any) -> bytes:
        """The raw storage key of `key`."""
        raw = self.prefix
        keys = (key,) if len(self._encoders) == 1 else key
        for (hashed, encode), part in zip(self._encoders, keys, strict=True):
            encoded = encode(part)
            raw += hashed(encoded) + encoded
        return raw

    def prefix_of(self, *first: Any) -> bytes:
        """The raw prefix of all keys whose first parts are `first`."""
        return self.prefix + b"".join(p.encode(k) for p, k in zip(self.parts, first, strict=False))

    def decode_key(self, raw: bytes) -> Any:
        """The key, or the tuple of keys, of a raw storage key."""
        keys, offset = [], len(self.prefix)
        for hash_length, decode in self._decoders:
            key, offset = decode(raw, offset + hash_length)
            keys.append(key)
        return keys[0] if len(keys) == 1 else tuple(keys)


class StorageMap(_AnyMap[K, V]):
    """Keys to values; an absent key reads as the default."""

    @overload
    def __init__(
        self: "StorageMap[A, V]",
        key: KeyPart[A],
        /,
        *,
        value: Type[V] | type[V],
        default: V | FromConfig[V],
        doc: str,
        name: str = "",
    ) -> None: ...
    @overload
    def __init__(
        self: "StorageMap[tuple[A, B], V]",
        key: KeyPart[A],
        second: KeyPart[B],
        /,
        *,
        value: Type[V] | type[V],
        default: V | FromConfig[V],
        doc: str,
        name: str = "",
    ) -> None: ...
    @overload
    def __init__(
        self: "StorageMap[tuple[A, B, C], V]",
        key: KeyPart[A],
        second: KeyPart[B],
        third: KeyPart[C],
        /,
        *,
        value: Type[V] | type[V],
        default: V | FromConfig[V],
        doc: str,
        name: str = "",
    ) -> None: ...
    def __init__(
        self,
        *parts: KeyPart[Any],
        value: Type[V] | type[V],
        default: V | FromConfig[V],
        doc: str,
        name: str = "",
    ) -> None:
        super().__init__(parts, value, default, doc, name)

    @overload
    def __get__(self, pallet: None, owner: type) -> "StorageMap[K, V]": ...
    @overload
    def __get__(self, pallet: Holder, owner: type) -> "BoundMap[K, V]": ...
    def __get__(self, pallet: Holder | None, owner: type) -> "StorageMap[K, V] | BoundMap[K, V]":
        if pallet is None:
            return self
        bound: BoundMap[K, V] = BoundMap(self, pallet.state)
        pallet.__dict__[self.attribute] = bound
        return bound


class OptionMap(_AnyMap[K, V]):
    """Keys to values; an absent key reads as None."""

    @overload
    def __init__(
        self: "OptionMap[A, V]",
        key: KeyPart[A],
        /,
        *,
        value: Type[V] | type[V],
        doc: str,
        name: str = "",
    ) -> None: ...
    @overload
    def __init__(
        self: "OptionMap[tuple[A, B], V]",
        key: KeyPart[A],
        second: KeyPart[B],
        /,
        *,
        value: Type[V] | type[V],
        doc: str,
        name: str = "",
    ) -> None: ...
    @overload
    def __init__(
        self: "OptionMap[tuple[A, B, C], V]",
        key: KeyPart[A],
        second: KeyPart[B],
        third: KeyPart[C],
        /,
        *,
        value: Type[V] | type[V],
        doc: str,
        name: str = "",
    ) -> None: ...
    def __init__(
        self, *parts: KeyPart[Any], value: Type[V] | type[V], doc: str, name: str = ""
    ) -> None:
        super().__init__(parts, value, None, doc, name)

    @overload
    def __get__(self, pallet: None, owner: type) -> "OptionMap[K, V]": ...
    @overload
    def __get__(self, pallet: Holder, owner: type) -> "BoundOptionMap[K, V]": ...
    def __get__(
        self, pallet: Holder | None, owner: type
    ) -> "OptionMap[K, V] | BoundOptionMap[K, V]":
        if pallet is None:
            return self
        bound: BoundOptionMap[K, V] = BoundOptionMap(self, pallet.state)
        pallet.__dict__[self.attribute] = bound
        return bound


class _Bound(Generic[K, V]):
    """What both kinds of bound map share."""

    __slots__ = ("_codec", "_decoded", "_key", "_map", "_state")

    def __init__(self, declared: _AnyMap[K, V], state: State) -> None:
        self._map = declared
        self._state = state
        self._decoded = state.decoded
        self._codec = declared.codec
        self._key = declared.key

    def __delitem__(self, key: K) -> None:
        self._state.remove(self._key(key))

    def __contains__(self, key: K) -> bool:
        # Decoded, so that it is remembered: who asks once asks in every block.
        return self._state.load(self._key(key), self._codec) is not None

    def keys(self) -> Iterator[K]:
        """Every stored key, in the byte order of its raw form."""
        for raw in self._state.keys(self._map.prefix):
            yield self._map.decode_key(raw)

    def keys_after(self, raw: bytes | None, limit: int) -> list[tuple[bytes, K]]:
        """The first keys behind a raw one, or the first of all, each in both forms."""
        found = self._state.keys_after(self._map.prefix, raw, limit)
        return [(one, self._map.decode_key(one)) for one in found]

    def items(self) -> Iterator[tuple[K, V]]:
        """Every stored entry, in the byte order of its raw key."""
        for raw in self._state.keys(self._map.prefix):
            yield self._map.decode_key(raw), self._state.load(raw, self._codec)

    def values(self) -> Iterator[V]:
        """Every stored value, in the byte order of its raw key."""
        for raw in self._state.keys(self._map.prefix):
            yield self._state.load(raw, self._codec)

    def under(self, *first: Any) -> Iterator[tuple[K, V]]:
        """The entries whose first keys are `first`, with their whole keys."""
        for raw in self._state.keys(self._map.prefix_of(*first)):
            yield self._map.decode_key(raw), self._state.load(raw, self._codec)

    def entries_under(self, *first: Any) -> list[tuple[K, V]]:
        """As `under`, read at once: a third of the time, for what is not written meanwhile."""
        decode = self._map.decode_key
        found = self._state.items(self._map.prefix_of(*first), self._codec)
        return [(decode(raw), value) for raw, value in found]

    def values_under(self, *first: Any) -> list[V]:
        """The values of `entries_under`, in the byte order of their raw keys."""
        found = self._state.items(self._map.prefix_of(*first), self._codec)
        return [value for _, value in found]

    def clear(self, *first: Any) -> int:
        """Remove the entries whose first keys are `first` (all without any); how many."""
        keys = list(self._state.keys(self._map.prefix_of(*first)))
        for raw in keys:
            self._state.remove(raw)
        return len(keys)


class BoundMap(_Bound[K, V]):
    """A `StorageMap` over one state."""

    __slots__ = ("_default",)

    def __init__(self, declared: StorageMap[K, V], state: State) -> None:
        super().__init__(declared, state)
        self._default: V = declared.default_for(state.config)

    def __getitem__(self, key: K) -> V:
        raw = self._key(key)
        value: V | None
        try:
            value = self._decoded[raw]
        except KeyError:
            value = self._state.load(raw, self._codec)
        return self._default if value is None else value

    def __setitem__(self, key: K, value: V) -> None:
        self._state.store(self._key(key), value, self._codec)


class BoundOptionMap(_Bound[K, V]):
    """An `OptionMap` over one state."""

    __slots__ = ()

    def __getitem__(self, key: K) -> V | None:
        raw = self._key(key)
        value: V | None
        try:
            value = self._decoded[raw]
        except KeyError:
            value = self._state.load(raw, self._codec)
        return value

    def __setitem__(self, key: K, value: V | None) -> None:
        if value is None:
            self._state.remove(self._key(key))
        else:
            self._state.store(self._key(key), value, self._codec)
