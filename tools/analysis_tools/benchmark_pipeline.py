# Copyright (c) COMNet contributors. All rights reserved.
"""Tell what each stage of a pipeline took, from the records in its folder.

Prints seconds, seconds an image and the peak memory of the largest process;
with a second folder that one's, too, and its time in parts of the first's.
"""

import argparse
from pathlib import Path

from measuring import print_head, print_row

from comnet.pipeline import Workspace, read_records
from comnet.utils import one_line_errors
from comnet.utils.record import Record

COLUMNS = 'seconds', 'seconds an image', 'MiB'
Stages = dict[tuple[str, str], tuple[Record, int]]


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'work_dir', type=Path, help='the --work-dir of a pipeline')
    parser.add_argument(
        'other', type=Path, nargs='?', help='that of another run, such as one '
        'on another machine')
    return parser.parse_args()


def read_stages(work_dir: Path) -> Stages:
    """Read the records of the stages that are finished.

    Returns:
        By method and stage the record and the number of images written, 0
        for a training.

    Raises:
        InputError: There is none.
    """
    found = {}
    for method, records in read_records(work_dir).items():
        for stage, record in records.items():
            if record.finished:
                folder = Workspace(work_dir).stage(method, stage)
                written = [file for file in folder.rglob('*')
                           if file.suffix in ('.npz', '.png')]
                found[method, stage] = record, len(written)
    return found


def cells(stages: Stages, row: tuple[str, str]) -> list[str]:
    """Return the columns of a stage, '-' where it was not run."""
    if row not in stages:
        return ['-'] * len(COLUMNS)
    record, images = stages[row]
    return [f'{record.seconds:.1f}',
            f'{record.seconds / images:.3f}' if images else '-',
            f'{max(record.memory, record.gpu_memory):.0f}']


def seconds(stages: Stages, rows: list[tuple[str, str]]) -> float:
    """Return the time of some stages."""
    return sum(stages[row][0].seconds for row in rows)


def share(one: float, other: float) -> str:
    """Return a time in parts of another."""
    return f'{one / (other or 0.1):.2f}'


def print_stages(runs: list[Stages]) -> None:
    """Print a line a stage and, below, the sums of what all have run."""
    ratio = ['ratio'] * (len(runs) - 1)
    print_head('Stages', 'method', 'stage', *COLUMNS * len(runs), *ratio)
    shared = [row for row in runs[0] if all(row in run for run in runs)]
    for row in dict.fromkeys(row for run in runs for row in run):
        ratio = [share(seconds(run, [row]), seconds(runs[0], [row]))
                 if row in shared else '-' for run in runs[1:]]
        print_row(*row, *(cell for run in runs for cell in cells(run, row)),
                  *ratio)
    if shared:
        total = [seconds(run, shared) for run in runs]
        print_row('all', f'{len(shared)} stages', *(
            cell for each in total for cell in (f'{each:.1f}', '-', '-')),
            *(share(each, total[0]) for each in total[1:]))


def main() -> None:
    args = parse_args()
    print_stages([read_stages(folder)
                  for folder in (args.work_dir, args.other) if folder])


if __name__ == '__main__':
    with one_line_errors():
        main()
