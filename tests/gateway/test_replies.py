"""Stop sequences and counts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.gateway.miners import ChatMessage, Chunk, GenerationRequest
from taonet.gateway.replies import Scribe, StopFilter, merge, prompt_tokens_max

REQUEST = GenerationRequest(
    model="small",
    messages=(ChatMessage("user", "äöü?"),),
    prompt="",
    max_tokens=8,
    temperature=1.0,
    top_p=1.0,
    seed=None,
    stop=(),
    logprobs=True,
)
PARTS = st.lists(st.text("ab", max_size=4), max_size=8)
STOPS = st.lists(st.text("ab", min_size=1, max_size=4), max_size=3)


@settings(max_examples=300)
@given(parts=PARTS, stops=STOPS)
def test_however_a_text_is_cut_it_ends_at_the_first_stop(
    parts: list[str], stops: list[str]
) -> None:
    text = "".join(parts)
    filtered, shown = StopFilter(stops), ""
    for part in parts:
        shown += filtered.feed(part)
        if filtered.stopped:
            break
    shown += filtered.flush()
    # Of sequences that overlap, the one that ends first in the stream is the one that is seen.
    ends = sorted((text.find(s) + len(s), text.find(s)) for s in stops if s in text)
    assert filtered.stopped == bool(ends)
    assert not any(stop in shown for stop in stops)
    if not ends:
        assert shown == text
    else:
        assert text.startswith(shown)
        assert any(text.startswith(stop, len(shown)) for stop in stops)


def test_a_part_that_may_begin_a_stop_is_held_back() -> None:
    filtered = StopFilter(["END"])
    assert filtered.feed("the EN") == "the "
    assert filtered.feed("Glish") == "ENGlish"
    assert filtered.feed(" E") == " "
    assert filtered.flush() == "E"


def test_what_is_held_back_goes_out_with_the_end() -> None:
    scribe = Scribe(
        GenerationRequest(**{**_fields(REQUEST), "stop": ("END",)})  # type: ignore[arg-type]
    )
    pieces = [scribe.take(Chunk("to the E")), scribe.take(Chunk("", finish_reason="stop"))]
    assert merge(pieces).text == "to the E"


def _fields(request: GenerationRequest) -> dict[str, object]:
    return {name: getattr(request, name) for name in GenerationRequest.__slots__}


def test_the_miners_count_of_the_prompt_is_believed_within_reason() -> None:
    scribe = Scribe(REQUEST)
    assert scribe.prompt_tokens == 1
    scribe.take(Chunk("a", (1,), (-1.0,), prompt_tokens=12))
    assert scribe.prompt_tokens == 12
    scribe.take(Chunk("b", (2,), (-1.0,), prompt_tokens=10**9))
    assert scribe.prompt_tokens == prompt_tokens_max(REQUEST) < 300
    scribe.take(Chunk("c", (3,), (-1.0,), prompt_tokens=-5))
    assert scribe.usage() == {"prompt_tokens": 0, "completion_tokens": 3, "total_tokens": 3}


def test_tokens_whose_text_is_unknown_are_shown_by_their_id() -> None:
    scribe = Scribe(REQUEST)
    one = scribe.take(Chunk("ab", (1,), (-1.0,)))
    two = scribe.take(Chunk("cd", (7, 8), (-1.0, -2.0)))
    named = scribe.take(Chunk("ef", (7, 8), (-1.0, -2.0), token_texts=("e", "f")))
    assert [token.text for token in one.tokens] == ["ab"]
    assert [token.text for token in two.tokens] == ["token_id:7", "token_id:8"]
    assert [token.text for token in named.tokens] == ["e", "f"]
    assert scribe.completion_tokens == 5
