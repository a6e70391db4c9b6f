# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mmengine.config import Config, ConfigDict
from mmengine.runner import Runner

from ..datasets.directions_file import directions_path
from ..datasets.voc_folder import read_split
from ..engine.config import cam_hook, draw_test
from ..engine.model_weights import load_weights
from ..engine.runner import build_runner
from ..engine.settings import hook_settings, prediction_settings
from ..registry import STEPS
from ..utils import InputError
from ..utils.record import file_identity
from .fields import made_by, place, same_as
from .network import ClassifierNetwork
from .step import Measure, Step


@STEPS.register_module()
@dataclass(frozen=True)
class CAMs(ClassifierNetwork, Step):
    """Class activation maps (CAMs) of the config's test images.

    Images whose file is there are not computed again, so that a run that was
    cut off goes on.

    Attributes:
        config: Config file of the classifier, with a :class:`CAMHook`.
        checkpoint: Its checkpoint, or the folder of its training.
        out_dir: Folder of the files, ``ID.npz``.
        options: Settings that override those of the config.
        show_dir: Folder to draw the CAMs into, over their pictures.
        directions: What the step ``Directions`` has written, for the
            ``ClassMatching`` in the hook's ``necks``; by default what the
            config says there.
    """
    files: ClassVar[str] = 'cams'
    makes: ClassVar[str] = '*.npz'
    measure: ClassVar[Measure | None] = Measure(
        'CAM', 'train', 'cam/mIoU', 'cam/num_images')
    config: str | Path | Config = same_as('classifier', 'config')
    checkpoint: str | Path = made_by('classifier')
    out_dir: str | Path = place()
    options: Mapping[str, Any] = same_as('classifier', 'options', {})
    show_dir: str | Path | None = place(None)
    directions: str | Path | None = made_by('directions', None, optional=True)

    def settings(self) -> dict[str, Any]:
        return dict(
            prediction_settings(self.cfg, self.loader),
            cam={key: value for key, value in hook_settings(
                cam_hook(self.cfg)).items()
                if key not in ('type', 'skip_existing')})

    def inputs(self) -> dict[str, str]:
        """Return the identity of classifier, images, labels, directions."""
        self.check()
        found = super().inputs()
        for neck in _class_matching(self.cfg):
            found['directions'] = file_identity(
                directions_path(self.directions or neck.directions))
        return found

    def check(self) -> None:
        necks = _class_matching(self.cfg)
        if self.directions is not None and not necks:
            raise InputError(
                f'{self.cfg.filename}: no ClassMatching in default_hooks.cam.'
                'necks takes the directions; add one, or leave them out')
        if self.directions is None and not all(
                neck.get('directions') for neck in necks):
            raise InputError(
                f'{self.cfg.filename}: ClassMatching has no directions; name '
                'what the step Directions has written as default_hooks.cam.'
                'necks.0.directions, or run a pipeline with that step')

    def prepare(self, launcher: str) -> Runner:
        cfg = deepcopy(self.cfg)
        folder = self.folder.absolute()
        cam_hook(cfg).update(out_dir=str(folder), skip_existing=True)
        for neck in _class_matching(cfg):
            neck.directions = str(self.directions or neck.directions)
        if self.show_dir is not None:
            draw_test(cfg, self.show_dir, 'CAMVisualizer')
        elif _shows_elsewhere(cfg):
            cfg.default_hooks.cam_pictures = dict(type='CAMPictureHook')
        return build_runner(cfg, folder.parent, launcher)

    def missing(self) -> Sequence[str]:
        return [image_id for image_id in self.ids()
                if not (self.folder / f'{image_id}.npz').is_file()]

    def todo(self) -> Sequence[str]:
        return self.missing() if self.show_dir is None else self.ids()

    def ids(self) -> list[str]:
        """Return the ids of the images."""
        return read_split(self.data_root, self.image_list)

    def make(self, built: Runner, todo: Sequence[str],
             workers: int | None) -> dict[str, Any]:
        load_weights(built.model, self.weights)
        metrics: dict[str, Any] = built.test()
        return metrics


def _class_matching(cfg: Config) -> list[ConfigDict]:
    """Return the class-wide matching of a config's CAMs, one or none."""
    return [neck for neck in cam_hook(cfg).get('necks') or ()
            if neck.type.split('.')[-1] == 'ClassMatching']


def _shows_elsewhere(cfg: Config) -> bool:
    """Whether a config has TensorBoard or the like beside local files."""
    backends = (cfg.get('visualizer') or {}).get('vis_backends') or ()
    return any(each.get('type') != 'LocalVisBackend' for each in backends)
