# Copyright (c) COMNet contributors. All rights reserved.
"""The report of a pipeline: one page that needs nothing else.

Without JavaScript, and without a request: pictures and plots are in it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from .line_plot import COLORS, Line, Point, line_plot
from .overlay import Entry
from .page import render_page
from .page_pictures import PagePicture
from .report_tables import (
    Records,
    class_bars,
    cost_bars,
    result_bars,
    setting_rows,
    total_times,
    unfinished,
)

NAMES = {'cam/mIoU': 'CAM mIoU (%)', 'multi-label/mAP': 'mAP (%)',
         'lr': 'learning rate'}


@dataclass(frozen=True)
class Curve:
    """How a quantity went in a training.

    Attributes:
        steps: What it is counted in: 'iteration' or 'epoch'.
        points: Step and value.
    """
    steps: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Row:
    """An image with all that belongs to it.

    Attributes:
        image_id: Its id.
        pictures: Image, truth and what was made of it.
        detail: Beside the id.
    """
    image_id: str
    pictures: Sequence[PagePicture]
    detail: str = ''


@dataclass(frozen=True)
class Gallery:
    """Images of a split.

    Attributes:
        title: Of the split.
        note: How they were chosen.
        groups: Images by the title of their group.
    """
    title: str
    note: str
    groups: Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Plot:
    """A plot with its title."""
    title: str
    svg: Markup


@dataclass(frozen=True)
class Report:
    """What a report is made of.

    Attributes:
        title: Name of the run.
        records: Of its stages, by method and stage.
        stages: Names of the stages that have a cost, in order.
        curves: By method, then by training and quantity.
        galleries: Pictures.
        notes: What a reader should know first.
    """
    title: str
    records: Records
    stages: Sequence[str]
    curves: Mapping[str, Mapping[tuple[str, str], Curve]]
    galleries: Sequence[Gallery] = field(default_factory=tuple)
    notes: Sequence[str] = field(default_factory=tuple)


def render_report(report: Report) -> str:
    """Return a report as HTML."""
    records = report.records
    class_titles, classes = class_bars(records)
    return render_page(
        'report.html',
        report=report,
        methods=list(records),
        num_colors=len(COLORS),
        results=result_bars(records),
        cut=unfinished(records),
        trainings=training_plots(records, report.curves),
        thresholds=threshold_plot(records),
        class_titles=class_titles,
        classes=classes,
        costs=cost_bars(records, report.stages),
        totals=total_times(records),
        settings=setting_rows(records),
        recorded=_recorded(records),
        legend=_legend(report.galleries))


def training_plots(
        records: Records,
        curves: Mapping[str, Mapping[tuple[str, str], Curve]]) -> list[Plot]:
    """Draw each quantity of each training, a line a method."""
    found: dict[tuple[str, str], dict[str, Curve]] = {}
    for method, own in curves.items():
        for key, curve in own.items():
            found.setdefault(key, {})[method] = curve
    plots = []
    for number, ((stage, quantity), of_method) in enumerate(found.items()):
        title = f'{stage}: {NAMES.get(quantity, quantity)}'
        course = '; '.join(
            f'{method} from {curve.points[0][1]:.3g} to '
            f'{curve.points[-1][1]:.3g}'
            for method, curve in of_method.items())
        steps = next(iter(of_method.values())).steps
        plots.append(Plot(title, line_plot(
            f'curve{number}', f'{title}: {course}', steps,
            NAMES.get(quantity, quantity),
            [Line(method, list(records).index(method), curve.points)
             for method, curve in of_method.items()])))
    return plots


def threshold_plot(records: Records) -> Plot | None:
    """Draw the CAM's mIoU over thresholds, the best ones marked."""
    lines = []
    for index, (method, stages) in enumerate(records.items()):
        results = stages['cam'].results if 'cam' in stages else {}
        if 'cam/sweep' in results:
            best = results['cam/threshold'], results['cam/mIoU']
            lines.append(Line(
                f'{method}: {best[1]:.1f} at {best[0]:.2f}', index,
                [(float(threshold), value) for threshold, value
                 in results['cam/sweep'].items()], best))
    if not lines:
        return None
    title = 'mIoU of the CAMs over thresholds of the background'
    course = '; '.join(line.label for line in lines)
    return Plot(title, line_plot(
        'thresholds', f'{title}, the best: {course}',
        'threshold of the background', 'mIoU (%)', lines))


def _recorded(records: Records) -> list[tuple[str, str]]:
    """Return all settings of all stages as text."""
    return [(f'{method}: {stage}',
             json.dumps(record.settings, indent=1, ensure_ascii=False))
            for method, stages in records.items()
            for stage, record in stages.items() if record.settings]


def _legend(galleries: Sequence[Gallery]) -> list[Entry]:
    """Return the classes in any of the masks, each once."""
    entries = {
        entry[0]: entry for gallery in galleries
        for rows in gallery.groups.values() for row in rows
        for picture in row.pictures for entry in picture.legend}
    return [entries[name] for name in sorted(entries)]
