# Copyright (c) COMNet contributors. All rights reserved.
"""The parser that the benchmarks share."""

from argparse import Namespace
from collections.abc import Callable

from comnet.engine.options import CommandParser


class BenchmarkParser(CommandParser):
    """The parser of a benchmark, with its device."""

    def __init__(self, text: str | None, repeats: int) -> None:
        super().__init__(text)
        self.add_argument(
            '--device', choices=('cpu', 'cuda'),
            help='default: a GPU where there is one')
        self.add_argument('--repeats', type=int, default=repeats)

    def run(self, main: Callable[[Namespace], None]) -> None:
        """Run a benchmark on the device of the command line."""

        def on_device(args: Namespace) -> None:
            import torch

            args.device = args.device or (
                'cuda' if torch.cuda.is_available() else 'cpu')
            main(args)

        super().run(on_device)
