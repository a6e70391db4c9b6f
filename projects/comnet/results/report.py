# Copyright (c) COMNet contributors. All rights reserved.
"""The report of a pipeline, finished or not: one page that needs nothing else.

Without JavaScript, and without a request: pictures and plots are in it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from ..datasets.voc_folder import load_image
from ..steps.run_file import RunFile
from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..visualization import (
    Entry,
    Line,
    PagePicture,
    line_plot,
    photo_picture,
    render_page,
)
from ..visualization.line_plot import COLORS
from ..visualization.overlay import OVERLAYS
from .bars import (
    class_bars,
    cost_bars,
    result_bars,
    setting_rows,
    total_times,
    unfinished,
)
from .gallery import Gallery, make_galleries
from .pictures import PictureReader
from .run_folder import Curve, Records, read_curves, read_records
from .tables import csv_table, latex_table, results_rows
from .verdict import next_commands, verdict

TEMPLATE = Path(__file__).with_name('report.html')
FILE_NAME, CSV, LATEX = 'report.html', 'results.csv', 'results.tex'
NUM_PICTURES = 30
FEWEST, MOST = 6, 200
PHOTOS = 'photos'  # folder of what comnet segment has written
MOST_PHOTOS = 24
NAMES = {'cam/mIoU': 'CAM mIoU (%)', 'multi-label/mAP': 'mAP (%)',
         'lr': 'learning rate'}
Curves = Mapping[str, Mapping[tuple[str, str], Curve]]


@dataclass(frozen=True)
class Plot:
    """A plot with its title."""
    title: str
    svg: Markup


@dataclass(frozen=True)
class Report:
    """What a report is made of.

    Attributes:
        title: Name of the data.
        run: What it tells of itself.
        records: Of its steps, by method and step.
        curves: By method, then by training and quantity.
        galleries: Pictures.
        notes: What a reader should know first.
        photos: Other photographs, each below its mask.
        verdict: What it has achieved, in sentences.
        commands: What to do with it: purpose and command.
    """
    title: str
    run: RunFile
    records: Records
    curves: Curves
    galleries: Sequence[Gallery] = field(default_factory=tuple)
    notes: Sequence[str] = field(default_factory=tuple)
    photos: Sequence[PagePicture] = field(default_factory=tuple)
    verdict: Sequence[str] = field(default_factory=tuple)
    commands: Sequence[tuple[str, str]] = field(default_factory=tuple)


def write_report(work_dir: str | Path,
                 data_root: str | Path | None = None,
                 num_pictures: int = NUM_PICTURES) -> Path:
    """Write ``report.html`` into the folder of a pipeline.

    Beside it ``results.csv`` and ``results.tex`` have the table of results.

    On top stands what ``comnet segment`` has written into its folder
    ``photos``, if anything. It shows what is there: a run that was cut off
    has a shorter one, and without true masks there are no numbers.

    Args:
        work_dir: Folder of a pipeline.
        data_root: Folder of its images in VOC layout, by default that of the
            run.
        num_pictures: Images of all splits, 6 to 200.

    Returns:
        The page.

    Raises:
        InputError: There is no step of a pipeline, or a file is no good.
    """
    check_num_pictures(num_pictures)
    run, records = RunFile.read(work_dir), read_records(work_dir)
    notes: list[str] = []
    galleries: list[Gallery] = []
    root = Path(data_root or run.data_root)
    if data_root or root.is_dir():
        galleries = make_galleries(
            work_dir, run, records, PictureReader(root), num_pictures)
        if not galleries:
            notes.append('Without pictures: nothing is made yet of the '
                         f'images in {root}.')
    else:
        notes.append(f'Without pictures: {root}, where the data lay, is not '
                     'there; comnet report --data-root names the folder.')
    curves = {method: read_curves(work_dir, method) for method in records}
    looks = [each.looks for each in galleries if each.looks]
    page = render_report(Report(
        root.absolute().name, run, records, curves, galleries,
        notes, read_photos(Path(work_dir) / PHOTOS),
        verdict(run, records, looks), next_commands(work_dir, run, records)))
    rows = results_rows(run, {
        method: {step: record.results for step, record in steps.items()}
        for method, steps in records.items()})
    for name, text in ((FILE_NAME, page), (CSV, csv_table(rows)),
                       (LATEX, latex_table(rows))):
        write_bytes(Path(work_dir) / name, text.encode())
    return Path(work_dir) / FILE_NAME


def read_photos(folder: Path) -> list[PagePicture]:
    """Return the overlays that ``comnet segment`` has written, the first."""
    paths = sorted((folder / OVERLAYS).rglob('*.jpg'))[:MOST_PHOTOS]
    return [photo_picture(path.stem, load_image(path),
                          f'{path.stem} below its mask') for path in paths]


def check_num_pictures(number: int) -> None:
    """Raise an InputError unless a report can have that many pictures."""
    if not FEWEST <= number <= MOST:
        raise InputError(f'num_pictures is {number}; give {FEWEST} to {MOST}')


def render_report(report: Report) -> str:
    """Return a report as HTML."""
    run, records = report.run, report.records
    class_titles, classes = class_bars(run, records)
    return render_page(
        TEMPLATE, report=report, methods=list(records),
        num_colors=len(COLORS), results=result_bars(run, records),
        cut=unfinished(records),
        trainings=training_plots(records, report.curves),
        thresholds=threshold_plots(run, records),
        class_titles=class_titles, classes=classes,
        costs=cost_bars(run, records), totals=total_times(records),
        settings=setting_rows(run, records), recorded=_recorded(records),
        legend=_legend(report.galleries))


def training_plots(records: Records, curves: Curves) -> list[Plot]:
    """Draw each quantity of each training, a line a method."""
    found: dict[tuple[str, str], dict[str, Curve]] = {}
    for method, own in curves.items():
        for key, curve in own.items():
            found.setdefault(key, {})[method] = curve
    plots = []
    for number, ((step, quantity), of_method) in enumerate(found.items()):
        title = f'{step}: {NAMES.get(quantity, quantity)}'
        course = '; '.join(
            f'{method} from {curve.points[0][1]:.3g} to '
            f'{curve.points[-1][1]:.3g}'
            for method, curve in of_method.items())
        unit = next(iter(of_method.values())).unit
        plots.append(Plot(title, line_plot(
            f'curve{number}', f'{title}: {course}', unit,
            NAMES.get(quantity, quantity),
            [Line(method, list(records).index(method), curve.points)
             for method, curve in of_method.items()])))
    return plots


def threshold_plots(run: RunFile, records: Records) -> list[Plot]:
    """Draw the CAMs' mIoU over thresholds, the best ones marked."""
    plots: list[Plot] = []
    for step, measure in run.measures.items():
        lines = []
        for index, (method, steps) in enumerate(records.items()):
            own = run.measure(method, step) or measure
            results = steps[step].results if step in steps else {}
            sweep = results.get(own.beside('sweep'))
            if sweep:
                best = results[own.beside('threshold')], results[own.metric]
                lines.append(Line(
                    f'{method}: {best[1]:.1f} at {best[0]:.2f}', index,
                    [(float(threshold), value)
                     for threshold, value in sweep.items()], best))
        if lines:
            title = (f'mIoU of the {measure.title}s over thresholds of the '
                     'background')
            course = '; '.join(line.label for line in lines)
            plots.append(Plot(title, line_plot(
                f'thresholds-{len(plots)}',
                f'{title}, the best: {course}',
                'threshold of the background', 'mIoU (%)', lines)))
    return plots


def _recorded(records: Records) -> list[tuple[str, str]]:
    """Return all settings of all steps as text."""
    return [(f'{method}: {step}',
             json.dumps(record.settings, indent=1, ensure_ascii=False))
            for method, steps in records.items()
            for step, record in steps.items() if record.settings]


def _legend(galleries: Sequence[Gallery]) -> list[Entry]:
    """Return the classes in any of the masks, each once."""
    entries = {
        entry[0]: entry for gallery in galleries
        for rows in gallery.groups.values() for row in rows
        for picture in row.pictures for entry in picture.legend}
    return [entries[name] for name in sorted(entries)]
