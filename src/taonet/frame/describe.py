"""Declarations to metadata: what pallets, extensions and runtime APIs say of themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from taonet.frame.call import EXTRINSIC_NAME
from taonet.frame.config import RuntimeConfig
from taonet.frame.pallet import PalletSpec
from taonet.frame.runtime_api import RuntimeApi
from taonet.frame.signed_extension import SignedExtension
from taonet.frame.storage import StorageItem
from taonet.scale import metadata as m
from taonet.scale.codec import PLAIN
from taonet.scale.registry import Registry, lines_of
from taonet.scale.types import Tuple, Type, byte_vec, fields_of

EXTRINSIC_VERSION = 4
RUNTIME = "node_subtensor_runtime"

CRATES = {
    "System": "frame_system",
    "SubtensorModule": "pallet_subtensor",
    "Utility": "pallet_subtensor_utility",
    "Proxy": "pallet_subtensor_proxy",
    "MevShield": "pallet_shield",
    "EVM": "pallet_evm",
    "EVMChainId": "pallet_evm_chain_id",
}
"""Pallets whose crate is not `pallet_` and their name; clients pick some types by path."""


@dataclass(frozen=True)
class Composition:
    """All that metadata describes."""

    specs: tuple[PalletSpec, ...]
    apis: tuple[type[RuntimeApi[Any]], ...]
    extensions: tuple[SignedExtension, ...]
    address: Type[Any]
    signature: Type[Any]
    config: RuntimeConfig


def crate_path(pallet: str) -> tuple[str, ...]:
    """The Rust module that a pallet's types are named by."""
    if pallet == "Swap":
        return ("pallet_subtensor_swap", "pallet", "pallet")
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", pallet).lower()
    return (CRATES.get(pallet, f"pallet_{snake}"), "pallet")


@dataclass(frozen=True)
class _Enums:
    """The ids of one pallet's own enums."""

    calls: int | None
    events: int | None
    errors: int | None


class _Description:
    """One walk over a composition; both versions of metadata are cut from it."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.registry = Registry()
        self.call = self.registry.reserve("RuntimeCall")
        self.event = self.registry.reserve("RuntimeEvent")
        self.error = self.registry.reserve("RuntimeError")
        self.enums = {spec.name: self._enums(spec) for spec in composition.specs}
        for late, kind in (("call", "calls"), ("event", "events"), ("error", "errors")):
            self._outer(late, kind)
        self.pallets = tuple(self._pallet(spec) for spec in composition.specs)
        self.extensions = tuple(self._extension(e) for e in composition.extensions)
        self.address = self.registry.id_of(composition.address)
        self.signature = self.registry.id_of(composition.signature)
        self.extra = self._extra()
        # Only V14 names this type; both versions list it, so that ids are the same in either.
        self.extrinsic = self._unchecked_extrinsic()
        self.apis = tuple(self._api(cls) for cls in composition.apis)
        self.runtime = self.registry.add((RUNTIME, "Runtime"), m.CompositeDefinition(()))

    def v14(self) -> m.MetadataV14:
        return m.MetadataV14(
            self.registry.entries(),
            tuple(
                m.PalletV14(p.name, p.storage, p.calls, p.events, p.constants, p.errors, p.index)
                for p in self.pallets
            ),
            m.ExtrinsicV14(self.extrinsic, EXTRINSIC_VERSION, self.extensions),
            self.runtime,
        )

    def v15(self) -> m.MetadataV15:
        return m.MetadataV15(
            self.registry.entries(),
            self.pallets,
            m.ExtrinsicV15(
                EXTRINSIC_VERSION,
                self.address,
                self.call,
                self.signature,
                self.extra,
                self.extensions,
            ),
            self.runtime,
            self.apis,
            m.OuterEnums(self.call, self.event, self.error),
            (),
        )

    def _enums(self, spec: PalletSpec) -> _Enums:
        path = crate_path(spec.name)
        calls = [
            m.TypeVariant(c.name, self.registry.fields(c.fields), c.index, lines_of(c.doc))
            for c in spec.calls
        ]
        events = [
            m.TypeVariant(
                e.name, self.registry.fields(fields_of(e)), e.index, lines_of(e.__doc__ or "")
            )
            for e in spec.events
        ]
        errors = [
            m.TypeVariant(e.name, (), e.index, lines_of(e.__doc__ or "")) for e in spec.errors
        ]
        return _Enums(
            self._enum((*path, "Call"), calls),
            self._enum((*path, "Event"), events),
            self._enum((*path, "Error"), errors),
        )

    def _enum(self, path: tuple[str, ...], variants: Sequence[m.TypeVariant]) -> int | None:
        if not variants:
            return None
        parameters = (m.TypeParameter("T", None),)
        return self.registry.add(path, m.VariantDefinition(tuple(variants)), parameters=parameters)

    def _outer(self, late: str, kind: str) -> None:
        variants = []
        for spec in self.composition.specs:
            inner: int | None = getattr(self.enums[spec.name], kind)
            if inner is not None:
                field = m.TypeField(None, inner, None, ())
                variants.append(m.TypeVariant(spec.name, (field,), spec.index, ()))
        path = (RUNTIME, f"Runtime{late.capitalize()}")
        self.registry.fill(getattr(self, late), path, m.VariantDefinition(tuple(variants)))

    def _pallet(self, spec: PalletSpec) -> m.PalletV15:
        enums = self.enums[spec.name]
        entries = tuple(self._entry(item) for item in spec.storage_items)
        constants = tuple(
            m.ConstantEntry(
                c.name,
                self.registry.id_of(c.type),
                PLAIN.of(c.type).encode(c.for_config(self.composition.config)),
                lines_of(c.doc),
            )
            for c in spec.constants
        )
        storage = m.PalletStorage(spec.name, entries) if entries else None
        return m.PalletV15(
            spec.name,
            storage,
            enums.calls,
            enums.events,
            constants,
            enums.errors,
            spec.index,
            (),
        )

    def _entry(self, item: StorageItem[Any]) -> m.StorageEntry:
        value = self.registry.id_of(item.type)
        kind: m.EntryKind = m.PlainEntry(value)
        if item.parts:
            keys = tuple(part.type for part in item.parts)
            key = self.registry.id_of(keys[0] if len(keys) == 1 else Tuple(keys))
            hashers = tuple(m.HasherKind[part.hasher.name] for part in item.parts)
            kind = m.MapEntry(hashers, key, value)
        if item.optional:
            return m.StorageEntry(item.name, m.Modifier.OPTIONAL, kind, b"\x00", lines_of(item.doc))
        default = item.codec.encode(item.default_for(self.composition.config))
        return m.StorageEntry(item.name, m.Modifier.DEFAULT, kind, default, lines_of(item.doc))

    def _extension(self, extension: SignedExtension) -> m.ExtensionEntry:
        fields = tuple(
            m.TypeField(name, self.registry.id_of(kind), None, ())
            for name, kind in extension.fields
        )
        carried = self.registry.add(extension.path, m.CompositeDefinition(fields))
        signed = self.registry.id_of(extension.additional_signed)
        return m.ExtensionEntry(extension.identifier, carried, signed)

    def _extra(self) -> int:
        return self.registry.add(
            (), m.TupleDefinition(tuple(entry.type for entry in self.extensions))
        )

    def _unchecked_extrinsic(self) -> int:
        parameters = (
            m.TypeParameter("Address", self.address),
            m.TypeParameter("Call", self.call),
            m.TypeParameter("Signature", self.signature),
            m.TypeParameter("Extra", self.extra),
        )
        raw = m.TypeField(None, self.registry.id_of(byte_vec), None, ())
        path = ("sp_runtime", "generic", "unchecked_extrinsic", "UncheckedExtrinsic")
        type_id = self.registry.reserve(EXTRINSIC_NAME)
        self.registry.fill(type_id, path, m.CompositeDefinition((raw,)), parameters=parameters)
        return type_id

    def _api(self, cls: type[RuntimeApi[Any]]) -> m.ApiTrait:
        methods = tuple(
            m.ApiMethod(
                spec.name,
                tuple(
                    m.ApiInput(f.name or f.attribute, self.registry.id_of(f.type))
                    for f in spec.inputs
                ),
                self.registry.id_of(spec.output),
                lines_of(spec.doc),
            )
            for spec in cls.methods
        )
        return m.ApiTrait(cls.name, methods, lines_of(cls.__doc__ or ""))


def metadata_v14(composition: Composition) -> bytes:
    """The runtime's metadata, version 14."""
    return m.encode(_Description(composition).v14())


def metadata_v15(composition: Composition) -> bytes:
    """The runtime's metadata, version 15; type ids are those of version 14."""
    return m.encode(_Description(composition).v15())
