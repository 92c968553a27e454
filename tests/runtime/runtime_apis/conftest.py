"""Every test has a chain of its own."""

import pytest

from tests.runtime.runtime_apis.small_chain import SmallChain


@pytest.fixture
def chain() -> SmallChain:
    return SmallChain()
