# Copyright (c) COMNet contributors. All rights reserved.
"""What each step of a pipeline took."""

from argparse import Namespace
from pathlib import Path

from measuring import print_head, print_row

from comnet.results import RunFile, read_records
from comnet.utils.record import Record

COLUMNS = 'seconds', 'seconds an image', 'MiB'
Steps = dict[tuple[str, str], tuple[Record, int]]


def read_steps(work_dir: str) -> Steps:
    """Read the records of the steps that are finished.

    Returns:
        By method and step the record and the number of images written, 0
        for a training.

    Raises:
        InputError: There is none.
    """
    found = {}
    run = RunFile.read(work_dir)
    for method, records in read_records(work_dir).items():
        for step, record in records.items():
            if record.finished:
                files = run.folder(work_dir, method, step)
                makes = run.methods[method][step].makes
                found[method, step] = record, len([
                    *(files / makes).parent.rglob(Path(makes).name)
                ] if makes else ())
    return found


def cells(steps: Steps, row: tuple[str, str]) -> list[str]:
    """Return the columns of a step, '-' where it was not run."""
    if row not in steps:
        return ['-'] * len(COLUMNS)
    record, images = steps[row]
    return [f'{record.seconds:.1f}',
            f'{record.seconds / images:.3f}' if images else '-',
            f'{max(record.memory, record.gpu_memory):.0f}']


def seconds(steps: Steps, rows: list[tuple[str, str]]) -> float:
    """Return the time of some steps."""
    return sum(steps[row][0].seconds for row in rows)


def share(one: float, other: float) -> str:
    """Return a time in parts of another."""
    return f'{one / (other or 0.1):.2f}'


def print_steps(runs: list[Steps]) -> None:
    """Print a line a step and, below, the sums of what all have run."""
    ratio = ['ratio'] * (len(runs) - 1)
    print_head('Steps', 'method', 'step', *COLUMNS * len(runs), *ratio)
    shared = [row for row in runs[0] if all(row in run for run in runs)]
    for row in dict.fromkeys(row for run in runs for row in run):
        ratio = [share(seconds(run, [row]), seconds(runs[0], [row]))
                 if row in shared else '-' for run in runs[1:]]
        print_row(*row, *(cell for run in runs for cell in cells(run, row)),
                  *ratio)
    if shared:
        total = [seconds(run, shared) for run in runs]
        print_row('all', f'{len(shared)} steps', *(
            cell for each in total for cell in (f'{each:.1f}', '-', '-')),
            *(share(each, total[0]) for each in total[1:]))


def run(args: Namespace) -> None:
    """Print the tables."""
    print_steps([read_steps(folder)
                 for folder in (args.work_dir, args.other) if folder])
