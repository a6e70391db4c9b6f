# Copyright (c) COMNet contributors. All rights reserved.
"""The table of results."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

# title, split, mIoU and number of images of the stages that are measured
MEASURES = {
    'cam': ('CAM', 'train', 'cam/mIoU', 'cam/num_images'),
    'pseudo': ('pseudo mask', 'train', 'mIoU', 'num_images'),
    'evaluation': ('segmentation', 'val', 'mIoU', 'num_images')}
WIDTH = 32, 14  # characters of the first two columns, and of a method's


def results_table(results: Mapping[str, Mapping[str, dict]]) -> str:
    """Lay out mIoU in per cent, a row a stage and a column a method.

    Args:
        results: Metrics by stage ('cam', 'pseudo', 'evaluation'), by method.

    Returns:
        The table as text; '-' for what was not measured. The number of images
        with a true mask stands in brackets where it is known.
    """
    table = Table('mIoU (%)', 'measured on', *results)
    for stage, (title, split, key, count) in MEASURES.items():
        cells = []
        images = ''
        for measured in results.values():
            metrics = measured.get(stage, {})
            cells.append(f'{metrics[key]:.1f}' if key in metrics else '-')
            images = f' ({metrics[count]})' if count in metrics else images
        table.add_row(title, split + images, *cells)
    names = sum(max(WIDTH[1], len(name) + 3) for name in results)
    console = Console(width=max(80, WIDTH[0] + names), markup=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get()
