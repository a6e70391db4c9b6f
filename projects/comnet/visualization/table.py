# Copyright (c) COMNet contributors. All rights reserved.
"""The table of results."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

ROWS = (('CAM', 'train', 'cam', 'cam/mIoU', 'cam/num_images'),
        ('pseudo mask', 'train', 'pseudo', 'mIoU', 'num_images'),
        ('segmentation', 'val', 'evaluation', 'mIoU', 'num_images'))
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
    for title, split, stage, key, count in ROWS:
        cells = []
        images = ''
        for measured in results.values():
            metrics = measured.get(stage, {})
            cells.append(f'{metrics[key]:.1f}' if key in metrics else '-')
            images = f' ({metrics[count]})' if count in metrics else images
        table.add_row(title, split + images, *cells)
    names = sum(max(WIDTH[1], len(name) + 3) for name in results)
    console = Console(width=max(80, WIDTH[0] + names))
    with console.capture() as capture:
        console.print(table)
    return capture.get()
