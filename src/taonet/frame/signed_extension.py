"""What stands in a signed extrinsic beside the call, as metadata declares it."""

from dataclasses import dataclass
from typing import Any

from taonet.scale.types import Type


@dataclass(frozen=True)
class SignedExtension:
    """One extension: the type that the extrinsic carries, and the one that is only signed."""

    identifier: str
    path: tuple[str, ...]
    fields: tuple[tuple[str | None, Type[Any]], ...]
    additional_signed: Type[Any]
