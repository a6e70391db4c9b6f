# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps of the images of a list, by a trained classifier."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

from ..datasets.identity import images_identity
from ..datasets.image_labels import ANNOTATIONS
from ..datasets.voc_folder import read_split
from ..engine.checkpoint import load_weights
from ..engine.config import draw_test, load_config
from ..engine.runner import build_runner
from ..engine.scope import scope_of
from ..engine.settings import prediction_settings
from ..utils import InputError
from ..utils.record import Record, claim, file_identity, making


def write_cams(config: str | Path,
               checkpoint: str | Path,
               cam_dir: str | Path,
               options: Mapping[str, Any] | None = None,
               launcher: str = 'none',
               remake: bool = False,
               show_dir: str | Path | None = None) -> dict:
    """Write the class activation maps (CAMs) of the config's test images.

    Images whose file is there are not computed again, so that a run that was
    cut off goes on.

    Args:
        config: Config file of the classifier, with a :class:`CAMHook`.
        checkpoint: Its checkpoint.
        cam_dir: Folder of the files, ``ID.npz``, and of their record.
        options: Settings that override those of the config.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi'.
        remake: Whether to set the folder aside if it was made otherwise.
        show_dir: Folder to draw the CAMs into, over their pictures.

    Returns:
        What the config's evaluators measured: mIoU where there are true
        masks, and mean average precision of the labels.

    Raises:
        InputError: Something given is missing or wrong.
    """
    cfg = load_config(config, options)
    cam_dir = Path(cam_dir).absolute()
    hook = cam_hook(cfg)
    if hook is None:
        raise InputError(f'{config}: no CAMHook in custom_hooks; give the '
                         'config of a classifier')
    hook.update(out_dir=str(cam_dir), skip_existing=True)
    if show_dir is not None:
        draw_test(cfg, show_dir, 'CAMVisualizer')
    elif _shows_elsewhere(cfg):
        cfg.custom_hooks.append(dict(type='CAMPictureHook'))
    with scope_of(cfg):
        runner = build_runner(cfg, cam_dir.parent, launcher)
        record = claim(cam_dir, cam_record(cfg, checkpoint), remake)
        dataset = cfg.test_dataloader.dataset
        ids = read_split(dataset.data_root, dataset.image_set_path)
        if show_dir is None and record.finished and all(
                (cam_dir / f'{image_id}.npz').is_file() for image_id in ids):
            return record.results
        load_weights(runner.model, checkpoint)
        with making(cam_dir, record) as results:
            results.update(runner.test())
        return results


def cam_hook(cfg: Config) -> ConfigDict | None:
    """Return the config's CAMHook."""
    hooks = [hook for hook in cfg.get('custom_hooks') or ()
             if hook.get('type') == 'CAMHook']
    return hooks[0] if hooks else None


def _shows_elsewhere(cfg: Config) -> bool:
    """Whether a config has TensorBoard or the like beside local files."""
    backends = (cfg.get('visualizer') or {}).get('vis_backends') or ()
    return any(each.get('type') != 'LocalVisBackend' for each in backends)


def cam_record(cfg: Config, checkpoint: str | Path) -> Record:
    """Return what the CAMs of a config's test images depend on."""
    settings = prediction_settings(cfg, 'test_dataloader')
    settings['cam'] = {
        key: value for key, value in (cam_hook(cfg) or {}).items()
        if key not in ('type', 'out_dir', 'skip_existing')}
    dataset = cfg.test_dataloader.dataset
    return Record(settings, dict(
        checkpoint=file_identity(checkpoint),
        images=images_identity(dataset.data_root, dataset.image_set_path,
                               dataset.get('labels', ANNOTATIONS))))
