"""
What is asked and answered, and the subnet that both make up.

Log-probabilities are of the model itself, natural logarithm, before temperature and truncation.
A token that ends in the middle of a character carries 0.0: servers hold such tokens back and
do not say their probability. Validators leave these out.
"""

from typing import Annotated, Literal

from taonet.neuron.message import Items, Length, Message, Range
from taonet.neuron.subnet import Stream, Subnet

NAME = "text-generation"
TIMEOUT_S = 30.0
QUERY_BYTES_MAX = 1 << 20
REPLY_BYTES_MAX = 4 << 20
TEXT_CHARACTERS_MAX = 400_000
MAX_TOKENS_MAX = 4096


class Turn(Message):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Length(TEXT_CHARACTERS_MAX)]


class Generation(Message):
    """
    The query: go on with the chat in `messages`, or, when that is empty, with `prompt`.

    Without a `seed` the miner picks one. `stop` are texts that end the reply and are not part of
    it. `logprobs` says whether the caller wants to be told log-probabilities.
    """

    model: Annotated[str, Length(256)]
    messages: Annotated[tuple[Turn, ...], Items(512)] = ()
    prompt: Annotated[str, Length(TEXT_CHARACTERS_MAX)] = ""
    max_tokens: Annotated[int, Range(1, MAX_TOKENS_MAX)] = 256
    temperature: Annotated[float, Range(0, 2)] = 1.0
    top_p: Annotated[float, Range(0, 1)] = 1.0
    seed: int | None = None
    stop: Annotated[tuple[str, ...], Items(4)] = ()
    logprobs: bool = True


class Generated(Message):
    """
    One piece of the reply: new text, the tokens that it came from, each token's log-probability.

    The last piece says why it is the last: the model ended (`stop`) or `max_tokens` did. It also
    says how many tokens the prompt had.
    """

    text: str
    token_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    finish_reason: Literal["stop", "length"] | None = None
    prompt_tokens: int | None = None


subnet = Subnet(
    NAME,
    query=Generation,
    reply=Stream(Generated),
    timeout_s=TIMEOUT_S,
    query_bytes_max=QUERY_BYTES_MAX,
    reply_bytes_max=REPLY_BYTES_MAX,
)
