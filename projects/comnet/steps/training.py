# Copyright (c) COMNet contributors. All rights reserved.
"""What the trainings of a method have in common."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar

from mmengine.config import Config
from mmengine.device import get_device
from mmengine.dist import get_world_size, is_main_process
from mmengine.runner import Runner

from ..datasets.check_masks import check_masks
from ..datasets.corrected_masks import check_corrected, corrected_identity
from ..datasets.identity import folder_identity, images_identity
from ..datasets.image_labels import ANNOTATIONS
from ..datasets.voc_folder import read_split
from ..engine.bf16_optim_wrapper import BF16OptimWrapper
from ..engine.checkpoint import find_checkpoint, newest_whole_checkpoint
from ..engine.config import initial_weights, load_config
from ..engine.fitted_length import fit_length, fitted_length
from ..engine.model import scope_of
from ..engine.pretrained import pretrained_file
from ..engine.runner import build_runner, dist_settings
from ..engine.settings import check_training, training_settings
from ..utils import InputError
from ..utils.atomic_file import remove_partial_files
from ..utils.memory import keep_freed_memory
from ..utils.processes import once_a_node
from ..utils.progress import tell
from ..utils.record import Record, file_identity
from .begun_training import done_or_new, gone_on_with
from .fields import given, network_options, place
from .step import Step


@dataclass(frozen=True)
class Training(Step):
    """Training of the model of a config.

    Where the config has ``auto_scale_iters`` it is as long as its number of
    images asks for (``comnet.engine.fitted_length``).

    On a CPU the process keeps the memory of a step for the next and, where it
    goes on, for what follows.

    Attributes:
        config: Config file.
        out_dir: Folder of logs, checkpoints and the record.
        options: Settings that override those of the config.
        mask_dir: Folder of masks to learn from, by default the config's.
        start: Checkpoint, or folder of a training, of this project that the
            backbone starts from in place of ``pretrained``.
        amp: Whether to train with mixed precision: float16 on a GPU, bfloat16
            on a CPU that has instructions for it.
        validate: Whether to validate while training.
        resume: Whether to go on from the last whole checkpoint in the folder,
            if there is one, or the checkpoint to go on from. Its training has
            to be this one.
        total_batch: Whether the config's ``batch_size`` is that of all
            processes together, as in a pipeline, or each one's, as everywhere
            else in OpenMMLab.
        auto_scale_lr: Whether to change the learning rate as the batch of all
            processes differs from the config's ``base_batch_size``.
    """
    makes: ClassVar[str] = 'last_checkpoint'
    kind: ClassVar[str] = 'Training'  # whichever of its subclasses made it
    config: str | Path | Config = place()
    out_dir: str | Path = place()
    options: Mapping[str, Any] = network_options()
    mask_dir: str | Path | None = place(None)
    start: str | Path | None = place(None, names_step=True)
    amp: bool = place(False)
    validate: bool = place(True)
    resume: bool | str | Path = given('resume', False)
    total_batch: bool = given('total_batch', False)
    auto_scale_lr: bool = place(False)

    def __init_subclass__(cls) -> None:
        """Keep the kind: comnet train goes on with what a pipeline began."""

    @cached_property
    def cfg(self) -> Config:
        """The config with its options; to be copied before it is changed."""
        options = dict(self.options)
        if isinstance(self.config, Config):  # that was read already
            return self._with_switches(self.config)
        if self.mask_dir is not None:
            options['mask_dir'] = str(self.mask_dir)
        if self.start is not None:
            options['pretrained'] = str(find_checkpoint(self.start))
        return self._with_switches(load_config(self.config, options))

    def _with_switches(self, cfg: Config) -> Config:
        """Set its length, and what ``amp`` and ``auto_scale_lr`` switch on."""
        fit_length(cfg, self.options)
        if self.auto_scale_lr:
            if 'base_batch_size' not in (cfg.get('auto_scale_lr') or {}):
                raise InputError(
                    f'{self.config}: no auto_scale_lr.base_batch_size, the '
                    'batch that its learning rate is meant for; set it')
            cfg.auto_scale_lr.enable = True
        if self.amp:
            if get_device() == 'cpu':
                cfg.optim_wrapper.type = BF16OptimWrapper.__name__
            else:
                cfg.optim_wrapper.type = 'AmpOptimWrapper'
                cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
        return cfg

    def settings(self) -> dict[str, Any]:
        settings = training_settings(self.cfg)
        if not self.total_batch:
            settings['train_dataloader']['batch_size'] *= get_world_size()
        return settings

    def inputs(self) -> dict[str, str]:
        dataset = self.cfg.train_dataloader.dataset
        inputs = {}
        if 'image_set_path' in dataset:  # a data set of this project
            root, image_list = dataset.data_root, dataset.image_set_path
            masks = dataset.get('seg_map_dir')
            labels = (dataset.get('labels', ANNOTATIONS) if masks is None
                      else None)
            inputs['images'] = images_identity(root, image_list, labels)
            if masks is not None:
                ids = read_split(root, image_list)
                inputs['labels'] = folder_identity(
                    Path(root) / masks, ids, '.png')
                inputs |= corrected_identity(
                    root, dataset.get('corrected_dir'), ids)
        for name, weights in initial_weights(self.cfg).items():
            inputs[name] = (weights if '://' in weights else
                            file_identity(pretrained_file(weights)))
        if self.cfg.get('load_from'):
            inputs['load_from'] = file_identity(self.cfg.load_from)
        return inputs

    def check(self) -> None:
        check_training(self._own_cfg)
        dataset = self._own_cfg.train_dataloader.dataset
        if dataset.get('corrected_dir') is not None:
            check_corrected(dataset.data_root, dataset.corrected_dir,
                            dataset.image_set_path)
        if self.start is None:
            for weights in initial_weights(self.cfg).values():
                pretrained_file(weights)

    def note(self) -> str:
        return fitted_length(self.cfg)

    def check_processes(self, number: int) -> None:
        if self.total_batch and number > 1:
            self._share(self._own_cfg, number)

    @cached_property
    def _own_cfg(self) -> Config:
        """Its config without what it starts from, which is not made yet."""
        return (self.config if isinstance(self.config, Config)
                else load_config(self.config, self.options))

    def scope(self) -> AbstractContextManager:
        return scope_of(self.cfg)

    def dist_settings(self) -> dict[str, Any]:
        return dist_settings(self.cfg)

    def _share(self, cfg: Config, processes: int) -> int:
        """Return a process's part of the batch of all."""
        batch: int = cfg.train_dataloader.batch_size
        if batch % processes:
            raise InputError(
                f'{self.config}: train_dataloader.batch_size {batch} is that '
                f'of all processes together, and {processes} cannot share it '
                f'evenly; {_counts(batch)} can, or set another')
        return batch // processes

    def prepare(self, launcher: str) -> Runner:
        super().prepare(launcher)
        cfg = deepcopy(self.cfg)
        if self.total_batch:
            cfg.train_dataloader.batch_size = self._share(
                cfg, get_world_size())
        if is_main_process() and (note := self.note()):
            tell(note)
        if get_device() == 'cpu':
            keep_freed_memory()
        if not self.validate:
            cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
        dataset = cfg.train_dataloader.dataset
        if 'image_set_path' in dataset and dataset.get(
                'seg_map_dir') is not None:
            once_a_node(partial(
                check_masks, dataset.data_root, dataset.image_set_path,
                dataset.seg_map_dir, dataset.get('corrected_dir')))
        if start := self._start():
            cfg.resume, cfg.load_from = True, str(start)
        return build_runner(cfg, self.folder, launcher)

    def _start(self) -> Path | None:
        """Return the checkpoint to go on from; say what is left out for it."""
        if self.resume is not True:
            return Path(self.resume) if self.resume else None
        start, problems = newest_whole_checkpoint(self.folder)
        for problem in problems:
            tell(f'{problem}; left out, the training goes on from '
                 f'{start or "its beginning"}')
        return start

    def done(self, remake: bool) -> Record | None:
        return done_or_new(self.folder, self.record, self.resume, remake)

    def begin(self, remake: bool) -> Record:
        record = gone_on_with(self.folder, self.record(), self.resume)
        remove_partial_files(self.folder)  # checkpoints
        return record

    def make(self, built: Runner, todo: Sequence[str],
             workers: int | None) -> dict[str, Any]:
        processes = get_world_size()
        if processes > 1 and is_main_process():
            batch = built.cfg.train_dataloader.batch_size
            tell(f'a batch is {batch} x {processes} processes = '
                 f'{batch * processes}')
        built.train()
        return {}


def _counts(batch: int) -> str:
    """Name the numbers of processes that can share a batch."""
    return ', '.join(str(count) for count in range(1, batch + 1)
                     if batch % count == 0)
