# Copyright (c) COMNet contributors. All rights reserved.
"""The report of a pipeline's folder, finished or not."""

from pathlib import Path

from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..visualization import Gallery, Report, render_report
from .gallery import PictureReader, make_galleries
from .method import STAGES
from .reading import find_data_root, read_curves, read_records
from .workspace import Workspace

NUM_PICTURES = 30
FEWEST, MOST = 6, 200


def write_report(work_dir: str | Path,
                 data_root: str | Path | None = None,
                 num_pictures: int = NUM_PICTURES) -> Path:
    """Write ``report.html``, a page that needs nothing else.

    It shows what is there: a run that was cut off has a shorter one, and
    without true masks there are no numbers.

    Args:
        work_dir: Folder of a pipeline.
        data_root: Folder of its images in VOC layout, by default the one that
            the configs in ``work_dir`` name.
        num_pictures: Images of both splits, 6 to 200.

    Returns:
        The file.

    Raises:
        InputError: There is no stage of a pipeline, or a file is no good.
    """
    check_num_pictures(num_pictures)
    work = Workspace(Path(work_dir))
    records = read_records(work.root)
    notes: list[str] = []
    galleries: list[Gallery] = []
    root = Path(data_root) if data_root else find_data_root(work.root)
    if root is None or not (data_root or root.is_dir()):
        notes.append('Without pictures: '
                     + (f'{root}, where the data lay, is not there'
                        if root else 'no config says where the data lies')
                     + '; comnet report --data-root names the folder.')
    else:
        galleries = make_galleries(
            work, records, PictureReader(root), num_pictures)
        if not galleries:
            notes.append('Without pictures: nothing is made yet of the '
                         f'images in {root}.')
    page = render_report(Report(
        title=work.root.absolute().name,
        records=records,
        stages=STAGES,
        curves={method: read_curves(work.root, method)
                for method in records},
        galleries=galleries,
        notes=notes))
    write_bytes(work.report, page.encode())
    return work.report


def check_num_pictures(number: int) -> None:
    """Raise an InputError unless a report can have that many pictures."""
    if not FEWEST <= number <= MOST:
        raise InputError(f'num_pictures is {number}; give {FEWEST} to {MOST}')
