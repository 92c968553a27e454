"""
Bodies of requests, from JSON to a typed question.

Every parameter of OpenAI's API is in one of four groups: read here; ignored, since it changes
nothing that an answer shows; accepted only with the value that means "off"; or refused by name. A
parameter that OpenAI doesn't know is refused by name too, so that a misspelling isn't silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import orjson

from taonet.gateway.errors import InvalidRequest
from taonet.gateway.limits import CallerLimits
from taonet.gateway.miners import ChatMessage, GenerationRequest

IGNORED = frozenset(
    {
        "metadata",
        "parallel_tool_calls",
        "prompt_cache_key",
        "prompt_cache_retention",
        "safety_identifier",
        "service_tier",
        "store",
        "user",
        "verbosity",
    }
)
"""Parameters that say nothing about the answer's text."""

OFF: Mapping[str, tuple[object, ...]] = {
    "best_of": (1,),
    "echo": (False,),
    "frequency_penalty": (0,),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "n": (1,),
    "presence_penalty": (0,),
    "response_format": ({"type": "text"},),
    "suffix": ("",),
    "tool_choice": ("none", "auto"),
    "tools": ([],),
}
"""Parameters that miners don't offer, and the values beside null that ask for nothing."""

READ = frozenset(
    {
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "model",
        "prompt",
        "seed",
        "stop",
        "stream",
        "stream_options",
        "temperature",
        "top_logprobs",
        "top_p",
    }
)

ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
"""Roles of messages, and what miners are told: `developer` is what OpenAI calls `system` now."""

SEED_MAX = 2**63 - 1
TEMPERATURE_MAX = 2.0
TEMPERATURE_DEFAULT = 0.3
"""Where the caller names none. OpenAI's is 1.0, at which a model of 135 million weights babbles."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller wants: the generation, and the form of the answer."""

    generation: GenerationRequest
    stream: bool
    include_usage: bool
    """Whether a stream ends with a chunk that counts tokens."""


def read_chat(body: bytes, limits: CallerLimits) -> Question:
    """A body of `/v1/chat/completions`; raises `InvalidRequest`."""
    fields = _read_object(body)
    _refuse(fields, "prompt")
    logprobs = _boolean(fields, "logprobs")
    if _integer(fields, "top_logprobs", 0, low=0, high=20):
        raise _unsupported("top_logprobs", "miners say the log-probability of the chosen token")
    messages = _messages(fields, limits)
    return _question(fields, limits, messages=messages, prompt="", logprobs=logprobs)


def read_completion(body: bytes, limits: CallerLimits) -> Question:
    """A body of `/v1/completions`; raises `InvalidRequest`."""
    fields = _read_object(body)
    for name in ("messages", "top_logprobs", "max_completion_tokens"):
        _refuse(fields, name)
    if _integer(fields, "logprobs", 0, low=0, high=5) > 1:
        raise _unsupported("logprobs", "miners say the log-probability of the chosen token: use 1")
    return _question(
        fields,
        limits,
        messages=(),
        prompt=_prompt(fields, limits),
        logprobs=fields.get("logprobs") is not None,
    )


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(
            f"We could not parse the JSON body of your request: {error}", code="invalid_json"
        ) from None
    if not isinstance(fields, dict):
        raise InvalidRequest("The body has to be a JSON object.", code="invalid_type")
    for name, value in fields.items():
        _check_parameter(name, value)
    return fields


def _check_parameter(name: str, value: object) -> None:
    if name in READ or name in IGNORED or value is None:
        return
    if name not in OFF:
        raise InvalidRequest(
            f"Unrecognized request argument supplied: {name[:64]}",
            param=name[:64],
            code="unknown_parameter",
        )
    if value not in OFF[name]:
        raise _unsupported(name, "the network's miners don't offer it")


def _unsupported(param: str, why: str) -> InvalidRequest:
    return InvalidRequest(
        f"Unsupported parameter or value: `{param}`: {why}.",
        param=param,
        code="unsupported_parameter",
    )


def _refuse(fields: Mapping[str, Any], name: str) -> None:
    if fields.get(name) is not None:
        raise InvalidRequest(
            f"Unrecognized request argument supplied: {name}", param=name, code="unknown_parameter"
        )


def _question(
    fields: Mapping[str, Any],
    limits: CallerLimits,
    *,
    messages: tuple[ChatMessage, ...],
    prompt: str,
    logprobs: bool,
) -> Question:
    stream = _boolean(fields, "stream")
    return Question(
        generation=GenerationRequest(
            model=_model(fields, limits),
            messages=messages,
            prompt=prompt,
            max_tokens=_max_tokens(fields, limits),
            temperature=_number(
                fields, "temperature", TEMPERATURE_DEFAULT, low=0.0, high=TEMPERATURE_MAX
            ),
            top_p=_top_p(fields),
            seed=_seed(fields),
            stop=_stop(fields, limits),
            logprobs=logprobs,
        ),
        stream=stream,
        include_usage=_include_usage(fields, stream=stream),
    )


def _model(fields: Mapping[str, Any], limits: CallerLimits) -> str:
    model = fields.get("model")
    if model is None:
        raise InvalidRequest(
            "You must provide a model parameter.", param="model", code="missing_required_parameter"
        )
    if not isinstance(model, str):
        raise _wrong_type("model", "a string", model)
    if len(model) > limits.model_characters_max:
        raise InvalidRequest(
            f"`model` is longer than {limits.model_characters_max} characters.", param="model"
        )
    return model


def _max_tokens(fields: Mapping[str, Any], limits: CallerLimits) -> int:
    """`max_completion_tokens` is the newer name of `max_tokens` and wins."""
    for name in ("max_completion_tokens", "max_tokens"):
        if fields.get(name) is not None:
            return _integer(fields, name, 0, low=1, high=limits.tokens_max)
    return min(limits.tokens_default, limits.tokens_max)


def _top_p(fields: Mapping[str, Any]) -> float:
    top_p = _number(fields, "top_p", 1.0, low=0.0, high=1.0)
    if top_p == 0.0:
        raise InvalidRequest("`top_p` has to be above 0.", param="top_p")
    return top_p


def _seed(fields: Mapping[str, Any]) -> int | None:
    if fields.get("seed") is None:
        return None
    return _integer(fields, "seed", 0, low=-SEED_MAX - 1, high=SEED_MAX)


def _stop(fields: Mapping[str, Any], limits: CallerLimits) -> tuple[str, ...]:
    stop = fields.get("stop")
    if stop is None:
        return ()
    sequences = [stop] if isinstance(stop, str) else stop
    if not isinstance(sequences, list) or not all(isinstance(text, str) for text in sequences):
        raise _wrong_type("stop", "a string or a list of strings", stop)
    if len(sequences) > limits.stop_sequences_max:
        raise InvalidRequest(
            f"`stop` has {len(sequences)} sequences; at most {limits.stop_sequences_max} are "
            "allowed.",
            param="stop",
        )
    if any(len(text) > limits.stop_characters_max for text in sequences):
        raise InvalidRequest(
            f"A stop sequence has at most {limits.stop_characters_max} characters.", param="stop"
        )
    return tuple(text for text in sequences if text)


def _include_usage(fields: Mapping[str, Any], *, stream: bool) -> bool:
    options = fields.get("stream_options")
    if options is None:
        return False
    if not stream:
        raise InvalidRequest(
            "`stream_options` is only allowed when `stream` is true.", param="stream_options"
        )
    if not isinstance(options, dict):
        raise _wrong_type("stream_options", "an object", options)
    return _boolean(options, "include_usage", path="stream_options.include_usage")


def _messages(fields: Mapping[str, Any], limits: CallerLimits) -> tuple[ChatMessage, ...]:
    messages = fields.get("messages")
    if messages is None:
        raise InvalidRequest(
            "Missing required parameter: `messages`.",
            param="messages",
            code="missing_required_parameter",
        )
    if not isinstance(messages, list):
        raise _wrong_type("messages", "a list", messages)
    if not 1 <= len(messages) <= limits.messages_max:
        raise InvalidRequest(
            f"`messages` has {len(messages)} messages; 1 to {limits.messages_max} are allowed.",
            param="messages",
        )
    read = tuple(_message(message, f"messages[{index}]") for index, message in enumerate(messages))
    _check_length(sum(len(message.content) for message in read), "messages", limits)
    return read


def _message(message: object, path: str) -> ChatMessage:
    if not isinstance(message, dict):
        raise _wrong_type(path, "an object", message)
    role = message.get("role")
    if not isinstance(role, str) or role not in ROLES:
        raise InvalidRequest(
            f"`{path}.role` has to be one of {', '.join(ROLES)}.", param=f"{path}.role"
        )
    for name in ("tool_calls", "function_call", "audio"):
        if message.get(name):
            raise _unsupported(f"{path}.{name}", "the network's miners don't offer it")
    return ChatMessage(ROLES[role], _content(message.get("content"), f"{path}.content"))


def _content(content: object, path: str) -> str:
    """A string, or a list of parts that are all text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise _wrong_type(path, "a string or a list of parts", content)
    texts = []
    for index, part in enumerate(content):
        if not isinstance(part, dict):
            raise _wrong_type(f"{path}[{index}]", "an object", part)
        if part.get("type") != "text":
            raise _unsupported(f"{path}[{index}].type", "only parts of type `text` are read")
        if not isinstance(part.get("text"), str):
            raise _wrong_type(f"{path}[{index}].text", "a string", part.get("text"))
        texts.append(part["text"])
    return "".join(texts)


def _prompt(fields: Mapping[str, Any], limits: CallerLimits) -> str:
    prompt = fields.get("prompt")
    if prompt is None:
        raise InvalidRequest(
            "Missing required parameter: `prompt`.",
            param="prompt",
            code="missing_required_parameter",
        )
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if isinstance(prompt, list):
        raise _unsupported("prompt", "one prompt of text a request")
    if not isinstance(prompt, str):
        raise _wrong_type("prompt", "a string", prompt)
    if not prompt:
        raise InvalidRequest("`prompt` is empty.", param="prompt")
    _check_length(len(prompt), "prompt", limits)
    return prompt


def _check_length(characters: int, param: str, limits: CallerLimits) -> None:
    if characters > limits.prompt_characters_max:
        raise InvalidRequest(
            f"`{param}` has {characters} characters; at most {limits.prompt_characters_max} are "
            "allowed.",
            param=param,
            code="context_length_exceeded",
        )


def _boolean(fields: Mapping[str, Any], name: str, *, path: str | None = None) -> bool:
    value = fields.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _wrong_type(path or name, "true or false", value)
    return value


def _integer(fields: Mapping[str, Any], name: str, default: int, *, low: int, high: int) -> int:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(name, "an integer", value)
    if not low <= value <= high:
        raise InvalidRequest(f"`{name}` is {value}; {low} to {high} is allowed.", param=name)
    return value


def _number(
    fields: Mapping[str, Any], name: str, default: float, *, low: float, high: float
) -> float:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(name, "a number", value)
    if not isfinite(value) or not low <= value <= high:
        raise InvalidRequest(f"`{name}` is {value}; {low} to {high} is allowed.", param=name)
    return float(value)


def _wrong_type(param: str, wanted: str, value: object) -> InvalidRequest:
    found = {type(None): "null", dict: "an object", list: "a list", str: "a string"}.get(
        type(value), type(value).__name__
    )
    return InvalidRequest(
        f"Invalid type for `{param}`: expected {wanted}, but got {found} instead.",
        param=param,
        code="invalid_type",
    )
