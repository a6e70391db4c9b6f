# Copyright (c) COMNet contributors. All rights reserved.
"""The steps as functions, whose settings are those of the classes.

Each runs the object that a pipeline runs: what was written before is not made
again, and what was made otherwise is refused unless ``remake`` sets it aside.
Arguments that stand in many: ``options`` override settings of the config;
``launcher`` is 'none', 'pytorch', 'slurm' or 'mpi'; ``workers`` are processes,
by default one a core; ``show_dir`` is a folder to draw what comes out into.
Each raises an InputError where something given is missing or wrong.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..engine.checkpoint import find_checkpoint
from ..engine.config import default_work_dir, load_config
from ..registry import STEPS
from ..steps import (
    AffinityLabels,
    CAMs,
    Evaluation,
    ImportedCAMs,
    Training,
)
from ..utils import InputError

CAM_DIR = 'cams'  # folder in a test's work_dir


def train(config: str | Path, work_dir: str | Path | None = None,
          options: Mapping[str, Any] | None = None, *,
          launcher: str = 'none', remake: bool = False,
          **settings: Any) -> Path:
    """Train the model of a config, and return the last checkpoint.

    ``work_dir`` is by default the config's, or ``work_dirs/CONFIG_NAME``; the
    settings are those of :class:`comnet.steps.Training`, such as ``resume``.
    """
    work_dir = Path(
        work_dir or default_work_dir(load_config(config, options)))
    Training(config, work_dir, options or {}, **settings).run(
        launcher=launcher, remake=remake)
    return find_checkpoint(work_dir)


def write_cams(config: str | Path, checkpoint: str | Path,
               cam_dir: str | Path, *,
               options: Mapping[str, Any] | None = None,
               show_dir: str | Path | None = None, launcher: str = 'none',
               remake: bool = False) -> dict:
    """Write the CAMs of a config's test images, ``ID.npz``.

    See :class:`comnet.steps.CAMs`. Returns what the config's evaluators
    measured: mIoU where there are true masks, and the labels' mAP.
    """
    return CAMs(config, checkpoint, cam_dir, options or {}, show_dir).run(
        launcher=launcher, remake=remake)


def import_cams(data_root: str | Path, image_list: str, source: str | Path,
                cam_dir: str | Path, *, remake: bool = False,
                **settings: Any) -> dict:
    """Read the CAMs of other code and write them as this package does.

    See :class:`comnet.steps.ImportedCAMs`. Returns their mIoU, as
    :func:`evaluate_cams` does.
    """
    return ImportedCAMs(data_root, image_list, source, cam_dir,
                        **settings).run(remake=remake)


def write_affinity_labels(data_root: str | Path, image_list: str,
                          cam_dir: str | Path, out_dir: str | Path, *,
                          workers: int | None = None, remake: bool = False,
                          **settings: Any) -> None:
    """Turn CAMs into confident labels, ``ID.png``.

    See :class:`comnet.steps.AffinityLabels`.
    """
    AffinityLabels(data_root, image_list, cam_dir, out_dir, **settings).run(
        workers, remake=remake)


def write_cam_masks(data_root: str | Path, image_list: str,
                    cam_dir: str | Path, out_dir: str | Path, *,
                    workers: int | None = None, launcher: str = 'none',
                    remake: bool = False, **settings: Any) -> dict:
    """Turn CAMs into pseudo masks without an IRNet.

    See :class:`comnet.steps.CAMMasks`. Returns the mIoU of the masks, as
    :func:`evaluate_masks` does.
    """
    step = STEPS.build(dict(
        settings, type='CAMMasks', data_root=data_root, image_list=image_list,
        cam_dir=cam_dir, out_dir=out_dir), 'pseudo')
    metrics: dict = step.run(workers, launcher, remake)
    return metrics


def write_walked_masks(config: str | Path, checkpoint: str | Path,
                       cam_dir: str | Path, out_dir: str | Path, *,
                       options: Mapping[str, Any] | None = None,
                       workers: int | None = None, launcher: str = 'none',
                       remake: bool = False, **settings: Any) -> dict:
    """Turn CAMs into pseudo masks by random walk on class boundaries.

    See :class:`comnet.steps.WalkedMasks`; settings that are not given are
    those of the IRNet's config, ``pseudo``. Returns the mIoU of the masks, as
    :func:`evaluate_masks` does.
    """
    cfg = load_config(config, options)
    step = STEPS.build(dict(
        dict(cfg.get('pseudo') or {}, **settings), type='WalkedMasks',
        config=cfg, checkpoint=checkpoint, cam_dir=cam_dir,
        out_dir=out_dir), 'pseudo')
    metrics: dict = step.run(workers, launcher, remake)
    return metrics


def test(config: str | Path, checkpoint: str | Path,
         work_dir: str | Path | None = None, *,
         options: Mapping[str, Any] | None = None, tta: bool = False,
         show_dir: str | Path | None = None, launcher: str = 'none',
         remake: bool = False) -> dict:
    """Test a checkpoint, and write a segmentor's masks or a classifier's CAMs.

    See :class:`comnet.steps.Evaluation`, for a classifier
    :class:`comnet.steps.CAMs`. ``work_dir`` takes the log, the record and
    ``masks/ID.png`` or ``cams/ID.npz``; by default it is the config's, or
    ``work_dirs/CONFIG_NAME``, for a segmentor ``test`` in there. Returns the
    metrics; without any true mask ``num_images`` alone, 0.
    """
    cfg = load_config(config, options)
    folder = Path(work_dir or default_work_dir(cfg))
    if (cfg.get('default_hooks') or {}).get('cam') is None:
        folder = folder if work_dir else folder / 'test'
        return Evaluation(cfg, checkpoint, folder, tta=tta,
                          show_dir=show_dir).run(launcher=launcher)
    if tta:
        raise InputError(f'{config}: a classifier, whose CAMHook has scales '
                         'and flips of its own; do not give --tta')
    return CAMs(cfg, checkpoint, folder / CAM_DIR, show_dir=show_dir).run(
        launcher=launcher, remake=remake)
