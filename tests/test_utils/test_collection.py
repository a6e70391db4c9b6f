# Copyright (c) COMNet contributors. All rights reserved.
"""The garbage collector, out of the way and back."""

import gc
from collections.abc import Iterator

import pytest

from comnet.utils.collection import no_collection


@pytest.fixture(params=[True, False])
def before(request: pytest.FixtureRequest) -> Iterator[bool]:
    enabled = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if enabled else gc.disable)()


def test_it_is_as_before_afterwards_errors_or_not(before: bool) -> None:
    with no_collection():
        assert not gc.isenabled()
    assert gc.isenabled() is before
    with pytest.raises(KeyError), no_collection():
        raise KeyError
    assert gc.isenabled() is before
