# Copyright (c) COMNet contributors. All rights reserved.
"""Progress bars for people, none for log files."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from mmengine.logging import print_log
from mmengine.utils import ProgressBar

T = TypeVar('T')


def progress_bar(num_steps: int) -> ProgressBar | None:
    """Start a bar on stderr, or return None where that is no terminal."""
    if not sys.stderr.isatty():
        return None
    return ProgressBar(num_steps, bar_width=30, file=sys.stderr)


def track(items: Iterable[T], num_items: int) -> Iterator[T]:
    """Yield the items and show how many are done."""
    bar = progress_bar(num_items)
    for item in items:
        yield item
        if bar is not None:
            bar.update()
    if bar is not None:
        sys.stderr.write('\n')


def tell(line: str) -> None:
    """Log a line that is there at once, in a file as well."""
    print_log(line)
    sys.stdout.flush()
