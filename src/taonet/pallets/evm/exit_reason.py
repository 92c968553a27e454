"""
How a run of EVM code ended, as events and runtime APIs say it.

Source: rust-ethereum/evm core/src/error.rs.
"""

from taonet.scale.types import U8, CowStr, Struct, TaggedUnion


class Opcode(Struct, path="evm_core::opcode::Opcode"):
    """An instruction's number."""

    _0: U8


class ExitSucceed(TaggedUnion, path="evm_core::error::ExitSucceed"):
    """The run ended well."""


class Stopped(ExitSucceed, index=0):
    """The code stopped."""


class Returned(ExitSucceed, index=1):
    """The code returned."""


class Suicided(ExitSucceed, index=2):
    """The contract gave up its balance."""


class ExitError(TaggedUnion, path="evm_core::error::ExitError"):
    """The run failed: what it did is undone, its gas is gone."""


class StackUnderflow(ExitError, index=0):
    """An instruction found too few values."""


class StackOverflow(ExitError, index=1):
    """More than 1024 values were pushed."""


class InvalidJump(ExitError, index=2):
    """A jump went where none may land."""


class InvalidRange(ExitError, index=3):
    """A range of memory or of input was out of bounds."""


class DesignatedInvalid(ExitError, index=4):
    """The code met the instruction that is there to be invalid."""


class CallTooDeep(ExitError, index=5):
    """Calls were nested deeper than 1024."""


class CreateCollision(ExitError, index=6):
    """There is a contract at the address already."""


class CreateContractLimit(ExitError, index=7):
    """The code, or what makes it, is too long."""


class OutOfOffset(ExitError, index=8):
    """More was read than is there."""


class OutOfGas(ExitError, index=9):
    """The gas did not suffice."""


class OutOfFund(ExitError, index=10):
    """The balance did not suffice."""


class PcUnderflow(ExitError, index=11, name="PCUnderflow"):
    """The code was left backwards."""


class CreateEmpty(ExitError, index=12):
    """An empty contract was created."""


class OtherError(ExitError, index=13, name="Other"):
    """What a native contract says."""

    _0: CowStr


class MaxNonce(ExitError, index=14):
    """The nonce has reached its end."""


class InvalidCode(ExitError, index=15):
    """There is no such instruction, or it may not stand here."""

    _0: Opcode


class ExitRevert(TaggedUnion, path="evm_core::error::ExitRevert"):
    """The code took back what it did."""


class Reverted(ExitRevert, index=0):
    """The code reverted; its output says why."""


class ExitFatal(TaggedUnion, path="evm_core::error::ExitFatal"):
    """The machine failed; never made here."""


class NotSupported(ExitFatal, index=0):
    """The operation is not supported."""


class UnhandledInterrupt(ExitFatal, index=1):
    """An interrupt was not handled."""


class CallErrorAsFatal(ExitFatal, index=2):
    """An error was declared fatal."""

    _0: ExitError


class OtherFatal(ExitFatal, index=3, name="Other"):
    """What the machine says."""

    _0: CowStr


class ExitReason(TaggedUnion, path="evm_core::error::ExitReason"):
    """How a run ended."""


class Succeeded(ExitReason, index=0, name="Succeed"):
    """Well."""

    _0: ExitSucceed


class Failed(ExitReason, index=1, name="Error"):
    """By an error."""

    _0: ExitError


class Undone(ExitReason, index=2, name="Revert"):
    """By its own will."""

    _0: ExitRevert


class Broken(ExitReason, index=3, name="Fatal"):
    """By a fault of the machine."""

    _0: ExitFatal


STOPPED = Succeeded(Stopped())
RETURNED = Succeeded(Returned())
SUICIDED = Succeeded(Suicided())
REVERTED = Undone(Reverted())
