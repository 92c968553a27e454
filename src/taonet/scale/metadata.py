"""
Substrate's metadata, versions 14 and 15, as typed values of our own codec.

`decode` and `encode` turn blobs into these values and back, byte for byte; `frame.describe` makes
the values from the runtime's declarations.

Source: frame-metadata v14, v15 and scale-info's PortableRegistry.
"""

from typing import Annotated

from taonet.scale.codec import Codec, MalformedScale, codec
from taonet.scale.types import U8, U32, CLike, Compact, Struct, TaggedUnion, c_like, u32, vec

MAGIC = b"meta"
TypeId = Annotated[int, Compact(u32)]
Docs = tuple[str, ...]


class TypeParameter(Struct):
    """A generic parameter of a named type."""

    name: str
    type: TypeId | None


class TypeField(Struct):
    """A field of a composite or a variant."""

    name: str | None
    type: TypeId
    type_name: str | None
    docs: Docs


class TypeVariant(Struct):
    """One variant of an enum."""

    name: str
    fields: tuple[TypeField, ...]
    index: U8
    docs: Docs


@c_like("scale_info::TypeDefPrimitive")
class PrimitiveKind(CLike):
    """Primitive types by their index."""

    BOOL = 0
    CHAR = 1
    STR = 2
    U8 = 3
    U16 = 4
    U32 = 5
    U64 = 6
    U128 = 7
    U256 = 8
    I8 = 9
    I16 = 10
    I32 = 11
    I64 = 12
    I128 = 13
    I256 = 14


class Definition(TaggedUnion, path="scale_info::TypeDef"):
    """What a type is made of."""


class CompositeDefinition(Definition, index=0):
    """A struct."""

    fields: tuple[TypeField, ...]


class VariantDefinition(Definition, index=1):
    """An enum."""

    variants: tuple[TypeVariant, ...]


class SequenceDefinition(Definition, index=2):
    """A counted sequence."""

    item: TypeId


class ArrayDefinition(Definition, index=3):
    """A sequence of a known length."""

    length: U32
    item: TypeId


class TupleDefinition(Definition, index=4):
    """Values after each other."""

    elements: Annotated[tuple[int, ...], vec(Compact(u32))]


class PrimitiveDefinition(Definition, index=5):
    """A primitive."""

    kind: PrimitiveKind


class CompactDefinition(Definition, index=6):
    """The compact form of another type."""

    inner: TypeId


class BitSequenceDefinition(Definition, index=7):
    """A sequence of bits."""

    store: TypeId
    order: TypeId


class TypeEntry(Struct):
    """One type of a registry."""

    id: TypeId
    path: tuple[str, ...]
    parameters: tuple[TypeParameter, ...]
    definition: Definition
    docs: Docs


@c_like("frame_metadata::StorageHasher")
class HasherKind(CLike):
    """Key hashers by their index."""

    Blake2_128 = 0
    Blake2_256 = 1
    Blake2_128Concat = 2
    Twox128 = 3
    Twox256 = 4
    Twox64Concat = 5
    Identity = 6


@c_like("frame_metadata::StorageEntryModifier")
class Modifier(CLike):
    """What an absent value reads as: nothing, or the default."""

    OPTIONAL = 0
    DEFAULT = 1


class EntryKind(TaggedUnion, path="frame_metadata::StorageEntryType"):
    """A value or a map."""


class PlainEntry(EntryKind, index=0):
    """One value."""

    value: TypeId


class MapEntry(EntryKind, index=1):
    """A map; several keys are a tuple."""

    hashers: tuple[HasherKind, ...]
    key: TypeId
    value: TypeId


class StorageEntry(Struct):
    """One storage item."""

    name: str
    modifier: Modifier
    kind: EntryKind
    default: bytes
    docs: Docs


class PalletStorage(Struct):
    """A pallet's storage items under its prefix."""

    prefix: str
    entries: tuple[StorageEntry, ...]


class ConstantEntry(Struct):
    """One constant and its encoded value."""

    name: str
    type: TypeId
    value: bytes
    docs: Docs


class PalletV14(Struct):
    """One pallet in version 14."""

    name: str
    storage: PalletStorage | None
    calls: TypeId | None
    events: TypeId | None
    constants: tuple[ConstantEntry, ...]
    errors: TypeId | None
    index: U8


class PalletV15(Struct):
    """One pallet in version 15: with docs."""

    name: str
    storage: PalletStorage | None
    calls: TypeId | None
    events: TypeId | None
    constants: tuple[ConstantEntry, ...]
    errors: TypeId | None
    index: U8
    docs: Docs


class ExtensionEntry(Struct):
    """A signed extension: what stands in the extrinsic, and what is only signed."""

    identifier: str
    type: TypeId
    additional_signed: TypeId


class ExtrinsicV14(Struct):
    """The extrinsic format in version 14."""

    type: TypeId
    version: U8
    extensions: tuple[ExtensionEntry, ...]


class ExtrinsicV15(Struct):
    """The extrinsic format in version 15."""

    version: U8
    address: TypeId
    call: TypeId
    signature: TypeId
    extra: TypeId
    extensions: tuple[ExtensionEntry, ...]


class ApiInput(Struct):
    """One argument of a runtime API method."""

    name: str
    type: TypeId


class ApiMethod(Struct):
    """One method of a runtime API."""

    name: str
    inputs: tuple[ApiInput, ...]
    output: TypeId
    docs: Docs


class ApiTrait(Struct):
    """A runtime API."""

    name: str
    methods: tuple[ApiMethod, ...]
    docs: Docs


class OuterEnums(Struct):
    """The runtime's call, event and error types."""

    call: TypeId
    event: TypeId
    error: TypeId


class CustomEntry(Struct):
    """A value that a runtime adds to its metadata."""

    name: str
    type: TypeId
    value: bytes


class MetadataV14(Struct):
    """Version 14."""

    types: tuple[TypeEntry, ...]
    pallets: tuple[PalletV14, ...]
    extrinsic: ExtrinsicV14
    runtime: TypeId


class MetadataV15(Struct):
    """Version 15."""

    types: tuple[TypeEntry, ...]
    pallets: tuple[PalletV15, ...]
    extrinsic: ExtrinsicV15
    runtime: TypeId
    apis: tuple[ApiTrait, ...]
    outer_enums: OuterEnums
    custom: tuple[CustomEntry, ...]


Metadata = MetadataV14 | MetadataV15


def _body(version: int) -> Codec[MetadataV14] | Codec[MetadataV15]:
    if version == 14:
        return codec(MetadataV14)
    if version == 15:
        return codec(MetadataV15)
    raise MalformedScale(f"metadata version {version} is not known; 14 and 15 are")


def decode(blob: bytes) -> Metadata:
    """The metadata in a blob; raises `MalformedScale`."""
    if blob[:4] != MAGIC or len(blob) < 5:
        raise MalformedScale("metadata starts with the bytes 'meta' and a version")
    return _body(blob[4]).decode(blob[5:])


def encode(metadata: Metadata) -> bytes:
    """The blob of a metadata value."""
    if isinstance(metadata, MetadataV14):
        return MAGIC + b"\x0e" + codec(MetadataV14).encode(metadata)
    return MAGIC + b"\x0f" + codec(MetadataV15).encode(metadata)
