"""Everything that a stranger could grow, with its bound; an operator may set others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallerLimits:
    """What one caller may ask for; a request beyond a limit is refused and told which."""

    body_bytes_max: int = 1 << 20
    """Bytes of a request body: 413 above."""
    body_read_s_max: float = 30.0
    """Time that a caller may take to send the body: 408 above."""
    messages_max: int = 512
    """Messages of a chat."""
    prompt_characters_max: int = 400_000
    """Characters of all messages together, or of the prompt: about 100 000 tokens."""
    tokens_max: int = 4096
    """Highest `max_tokens`."""
    tokens_default: int = 256
    """`max_tokens` of a request that names none."""
    stop_sequences_max: int = 4
    """As OpenAI."""
    stop_characters_max: int = 256
    """Characters of one stop sequence."""
    model_characters_max: int = 256
    """Characters of a model's name, so that an error that repeats it stays short."""
    concurrent_requests_max: int = 64
    """Requests under way in the whole gateway, as many as a dendrite has connections: 503 above."""
    concurrent_requests_per_key_max: int = 32
    """Requests under way for one key: 429 above."""
    answer_s_max: float = 30.0
    """
    Time from request to last byte, as long as the text-generation subnet gives a miner; the
    client's own shorter time-out takes its place.
    """


@dataclass(frozen=True, slots=True)
class MinerLimits:
    """What one miner may cost; beyond it the miner is left and the failure counted."""

    attempts_max: int = 3
    """Miners tried for one request."""
    first_text_s_max: float = 10.0
    """Time to the first text of one attempt, beside the time to read the prompt."""
    reading_characters_per_s_min: float = 200.0
    """Slowest reading of a prompt that is tolerated: a small model on a busy processor."""
    gap_s_max: float = 15.0
    """Silence between two chunks once text flows."""
    writing_tokens_per_s_min: float = 0.5
    """Slowest writing that isn't held against a miner when the caller's time is over."""
    characters_per_token_max: int = 64
    """Longest token believed; the average over an answer may not exceed it."""
    silent_chunks_max: int = 64
    """Chunks without text or end in a row: parts of one character, never more."""
    candidates_max: int = 4096
    """Miners looked at; a subnet has at most 256 uids today."""
