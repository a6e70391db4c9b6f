# Copyright (c) COMNet contributors. All rights reserved.
"""The registry that the names of a config belong to."""

from collections.abc import Iterator
from contextlib import contextmanager

from mmengine.config import Config
from mmengine.registry import DefaultScope


@contextmanager
def scope_of(cfg: Config) -> Iterator[None]:
    """Make a config's scope the default, and the one before it afterwards.

    A Runner would leave its own behind.
    """
    with DefaultScope.overwrite_default_scope(
            cfg.get('default_scope') or 'mmengine'):
        yield
