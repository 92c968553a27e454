"""
What a caller is told when a request is refused or fails, in OpenAI's shape.

    ApiError                 status, type, code, param, Retry-After
    ├── InvalidRequest       400, 404, 408, 413: the caller's to mend
    ├── InvalidKey           401
    ├── RateLimited          429, with Retry-After
    └── ServiceFailed        502, 503, 504: ours or the miners'

`openai`'s clients turn the status into their own classes and retry 408, 429 and 5xx themselves.
"""

from collections.abc import Mapping
from math import ceil


class ApiError(Exception):
    """A refusal with everything that its HTTP answer says."""

    def __init__(  # the five parts of OpenAI's error object, and the header that goes with it
        self,
        message: str,
        *,
        status: int,
        kind: str,
        code: str,
        param: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, object]:
        """`{"error": {message, type, param, code}}`."""
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": self.param,
                "code": self.code,
            }
        }

    def headers(self) -> Mapping[str, str]:
        """`Retry-After` in whole seconds, rounded up so that a retry on time succeeds."""
        if self.retry_after_s is None:
            return {}
        return {"Retry-After": str(max(1, ceil(self.retry_after_s)))}


class InvalidRequest(ApiError):
    """The body or the path is wrong; `param` names the field where there is one."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str = "invalid_value",
        status: int = 400,
    ) -> None:
        super().__init__(
            message, status=status, kind="invalid_request_error", code=code, param=param
        )


class InvalidKey(ApiError):
    """No key, or one that the gateway doesn't know."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=401, kind="authentication_error", code="invalid_api_key")


class RateLimited(ApiError):
    """A quota is used up; `resource` is what OpenAI puts in `type`: requests or tokens."""

    def __init__(self, message: str, *, resource: str, retry_after_s: float) -> None:
        super().__init__(
            message,
            status=429,
            kind=resource,
            code="rate_limit_exceeded",
            retry_after_s=retry_after_s,
        )


class ServiceFailed(ApiError):
    """Nobody answered well enough; the request itself was in order."""

    def __init__(
        self, message: str, *, code: str, status: int, retry_after_s: float | None = None
    ) -> None:
        super().__init__(
            message, status=status, kind="server_error", code=code, retry_after_s=retry_after_s
        )
