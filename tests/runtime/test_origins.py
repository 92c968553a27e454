"""Every call of every pallet, made by someone who may not."""

import pytest

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.dispatch_error import BadOrigin, DispatchError
from taonet.frame.origin import Signed, Unsigned
from taonet.frame.pallet import CallSpec
from taonet.pallets.grandpa import EquivocationProof
from taonet.pallets.timestamp import InvalidInherent
from taonet.primitives.ids import AccountId
from taonet.runtime.pallets import CALLS
from taonet.scale.compact import MalformedScale
from tests.runtime.assertions import refuses, trace
from tests.runtime.chain import Chain
from tests.runtime.samples import sample

STRANGER = AccountId(bytes([7]) * 32)
FOR_ANYONE = {("System", "remark")}
WITHOUT_BYTES = {
    ("Grandpa", "report_equivocation"),
    ("Grandpa", "report_equivocation_unsigned"),
}
FOR_NOBODY = {("Timestamp", "set"), ("MevShield", "announce_next_key"), ("Drand", "write_pulse")}


def sampled(spec: CallSpec, pallet: str, index: int) -> Call:
    """The call with the smallest arguments."""
    return Call(spec, pallet, index, tuple(sample(f.type) for f in spec.fields))


@pytest.fixture(scope="module")
def chain() -> Chain:
    chain = Chain()
    chain.block()
    return chain


@pytest.mark.parametrize("name", sorted(CALLS.keys() - FOR_ANYONE - FOR_NOBODY), ids=".".join)
def test_a_call_of_nobody_is_refused_and_leaves_no_trace(
    chain: Chain, name: tuple[str, str]
) -> None:
    refuses(chain.runtime, sampled(*CALLS[name]), Unsigned())


@pytest.mark.parametrize("name", sorted(CALLS), ids=".".join)
def test_a_call_of_a_stranger_succeeds_or_leaves_no_trace(
    chain: Chain, name: tuple[str, str]
) -> None:
    """A stranger has no money and no role; what it may do is its own affair, but never a bug."""
    runtime, call = chain.runtime, sampled(*CALLS[name])
    before = trace(runtime.state)
    with runtime.state.discarded():
        try:
            runtime.apply(call, Signed(STRANGER))
        except DispatchError:
            refused = True
        else:
            refused = False
    assert trace(runtime.state) == before
    if refused:
        refuses(runtime, call, Signed(STRANGER))


def test_the_time_is_set_by_nobody_but_the_block(chain: Chain) -> None:
    refuses(chain.runtime, sampled(*CALLS["Timestamp", "set"]), Signed(STRANGER), BadOrigin)
    with pytest.raises(InvalidInherent):
        chain.runtime.apply(sampled(*CALLS["Timestamp", "set"]), Unsigned())


def test_every_call_survives_its_own_codec() -> None:
    chain = Chain()
    codec = chain.runtime.codecs
    for name in CALLS.keys() - WITHOUT_BYTES:
        call = sampled(*CALLS[name])
        assert codec.of(RUNTIME_CALL).decode(codec.of(RUNTIME_CALL).encode(call)) == call


@pytest.mark.parametrize("name", sorted(WITHOUT_BYTES), ids=".".join)
def test_an_equivocation_cannot_be_reported(chain: Chain, name: tuple[str, str]) -> None:
    codec, (spec, _, index) = chain.runtime.codecs.of(RUNTIME_CALL), CALLS[name]
    proof = chain.runtime.codecs.of(EquivocationProof).encode(sample(spec.fields[0].type))
    for owner in range(256):
        with pytest.raises(MalformedScale, match="Void has no variant"):
            codec.decode(bytes((index, spec.index)) + proof + bytes((owner,)))
