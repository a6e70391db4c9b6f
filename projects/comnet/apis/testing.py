# Copyright (c) COMNet contributors. All rights reserved.
"""Test of a segmentor, or of a classifier, whose CAMs are written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

from ..datasets.identity import folder_identity, images_identity
from ..datasets.picture_files import files_of
from ..datasets.voc_folder import read_split
from ..engine.checkpoint import load_weights
from ..engine.config import (
    augment_test,
    default_work_dir,
    draw_test,
    load_config,
)
from ..engine.runner import build_runner
from ..engine.scope import scope_of
from ..engine.settings import prediction_settings
from ..ops import crf_settings
from ..utils import InputError
from ..utils.record import Record, file_identity, making
from .class_activation_maps import cam_hook, write_cams

MASKS, CAMS = 'masks', 'cams'  # folders in the work_dir
METRICS = ('VOCIoUMetric', 'IoUMetric')  # that write the masks


def test(config: str | Path,
         checkpoint: str | Path,
         work_dir: str | Path | None = None,
         options: Mapping[str, Any] | None = None,
         tta: bool = False,
         launcher: str = 'none',
         remake: bool = False,
         show_dir: str | Path | None = None) -> dict:
    """Test a checkpoint, and write a segmentor's masks or a classifier's CAMs.

    Args:
        config: Config file.
        checkpoint: Checkpoint of its model.
        work_dir: Folder of the log, the record and ``masks/ID.png``, for a
            classifier ``cams/ID.npz``, see :func:`write_cams`. By default
            the config's, or ``work_dirs/CONFIG_NAME``; a segmentor's is
            ``test`` in there, beside its training.
        options: Settings that override those of the config.
        tta: Whether to test with the augmentations of its ``tta_pipeline``.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi'.
        remake: Whether to set CAMs aside that were made otherwise.
        show_dir: Folder to draw a segmentor's masks (beside the true ones) or
            a classifier's CAMs into, ``vis_data/vis_image/*.png``.

    Returns:
        The metrics; without any true mask ``num_images`` alone, 0.

    Raises:
        InputError: Something given is missing or wrong.
    """
    cfg = load_config(config, options)
    if cam_hook(cfg) is not None:
        if tta:
            raise InputError(f'{config}: a classifier, whose CAMHook has '
                             'scales and flips of its own; do not give --tta')
        return write_cams(
            config, checkpoint,
            Path(work_dir or default_work_dir(cfg)) / CAMS, options, launcher,
            remake, show_dir)
    work_dir = Path(work_dir or default_work_dir(cfg) / 'test')
    before = Record.read(work_dir)
    if before is not None and not _is_test(before):
        raise InputError(f'{work_dir}: holds something else than a test; give '
                         'another --work-dir')
    record = test_record(cfg, checkpoint, tta)
    if tta:
        augment_test(cfg)
    evaluator = _mask_metric(cfg)
    if evaluator is not None:
        # mmseg's main process makes it, while others may write already
        (work_dir / MASKS).mkdir(parents=True, exist_ok=True)
        evaluator['output_dir'] = str(work_dir / MASKS)
    if show_dir is not None and 'crf' in record.settings:
        draw_test(cfg, show_dir, 'SegLocalVisualizer', dict(
            type='WrittenMaskHook', mask_dir=str(work_dir / MASKS)))
    elif show_dir is not None:
        draw_test(cfg, show_dir, 'SegLocalVisualizer')
    with scope_of(cfg):
        runner = build_runner(cfg, work_dir, launcher)
        load_weights(runner.model, checkpoint)
        with making(work_dir, record) as results:
            results['num_images'] = len(runner.test_dataloader.dataset)
            results.update(runner.test())
        return results


def test_record(cfg: Config, checkpoint: str | Path, tta: bool) -> Record:
    """Return what the test of a segmentor depends on.

    Raises:
        InputError: A setting of the CRF is wrong, or a file is missing.
    """
    settings = prediction_settings(cfg, 'test_dataloader')
    if tta:
        settings['tta_pipeline'] = cfg.get('tta_pipeline')
        settings['tta_model'] = cfg.get('tta_model')
    crf = crf_settings((_mask_metric(cfg) or {}).get('crf'),
                       'test_evaluator.crf')
    if crf is not None:
        settings['crf'] = crf
        if tta and cfg.tta_model.type == 'SegTTAModel':
            raise InputError(f'{cfg.filename}: SegTTAModel keeps no '
                             'probabilities for the CRF; set tta_model.type='
                             'AveragedTTAModel')
    inputs = dict(checkpoint=file_identity(checkpoint))
    dataset = cfg.test_dataloader.dataset
    if 'image_set_path' in dataset:  # a data set of this project
        root, image_list = dataset.data_root, dataset.image_set_path
        inputs['images'] = images_identity(root, image_list)
        masks = Path(root) / dataset.get('seg_map_dir', 'SegmentationClass')
        ids = read_split(root, image_list)
        present = files_of(masks, ids, '.png')
        inputs['masks'] = folder_identity(
            masks, [image_id for image_id in ids if image_id in present],
            '.png')
    return Record(settings, inputs)


def _is_test(record: Record) -> bool:
    """Tell the record of a segmentor's test from all others."""
    return 'checkpoint' in record.inputs and not {
        'cam', 'random_walk'}.intersection(record.settings)


def _mask_metric(cfg: Config) -> ConfigDict | None:
    """Return the metric of a config's test that writes the masks, if any."""
    evaluator = cfg.test_evaluator
    if isinstance(evaluator, dict) and evaluator.get('type') in METRICS:
        return evaluator
    return None
