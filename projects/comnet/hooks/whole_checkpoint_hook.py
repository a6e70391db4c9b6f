# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook
from mmengine.registry import HOOKS
from mmengine.runner import Runner

from ..engine import whole_file_backend
from ..engine.carried_config import CARRIED, to_carry
from ..engine.checkpoint import NOTE
from ..utils.atomic_file import write_bytes


@HOOKS.register_module()
class WholeCheckpointHook(CheckpointHook):
    """Write checkpoints so that a whole one is there at any time.

    mmengine's hook writes in place, and removes an old checkpoint before the
    new one is there: killed in between it leaves an empty file as the last
    one. Here a checkpoint, and then the note that names it, are on the disk
    before an old one is removed. Each carries the config that its network is
    built from. The arguments are those of the base class.
    """
    backend_args: dict | None

    def before_train(self, runner: Runner) -> None:
        """Choose the way to write, unless ``backend_args`` do."""
        if self.backend_args is None and '://' not in str(self.out_dir):
            self.backend_args = dict(backend=whole_file_backend.NAME)
        super().before_train(runner)

    def before_save_checkpoint(self, runner: Runner,
                               checkpoint: dict) -> None:
        """Add the config, as data."""
        carried = to_carry(runner.cfg)
        if carried is not None:
            checkpoint['meta'][CARRIED] = carried

    def _save_checkpoint_with_step(self, runner: Runner, step: int,
                                   meta: dict) -> None:
        """Write a checkpoint and the note, then remove what is too many."""
        outdated = self._outdated(runner, step)
        name = self.filename_tmpl.format(step)
        self.last_ckpt = self.file_backend.join_path(self.out_dir, name)
        runner.message_hub.update_info('last_ckpt', self.last_ckpt)
        runner.save_checkpoint(
            self.out_dir, name, self.file_client_args,
            save_optimizer=self.save_optimizer,
            save_param_scheduler=self.save_param_scheduler, meta=meta,
            by_epoch=self.by_epoch, backend_args=self.backend_args,
            **self.args)
        if is_main_process():
            write_bytes(Path(runner.work_dir) / NOTE,
                        str(self.last_ckpt).encode(), durable=True)
            self._remove([self.file_backend.join_path(
                self.out_dir, self.filename_tmpl.format(each))
                for each in outdated])

    def _outdated(self, runner: Runner, step: int) -> list[int]:
        """Note that a step is kept, and return those that no longer are."""
        if self.max_keep_ckpts <= 0 or step in self.keep_ckpt_ids:
            return []
        kept = [*self.keep_ckpt_ids, step]
        outdated = kept[:-self.max_keep_ckpts]
        self.keep_ckpt_ids.append(step)  # which drops them
        runner.message_hub.update_info(
            'keep_ckpt_ids', list(self.keep_ckpt_ids))
        return outdated

    def _save_best_checkpoint(self, runner: Runner, metrics: dict) -> None:
        """Write what is the best so far, then remove what was before it."""
        outdated: list[str] = []
        self.file_backend.remove, remove = (
            outdated.append, self.file_backend.remove)
        try:
            super()._save_best_checkpoint(runner, metrics)
        finally:
            self.file_backend.remove = remove
        written = {getattr(self, 'best_ckpt_path', None), *getattr(
            self, 'best_ckpt_path_dict', {}).values()}
        self._remove([path for path in outdated if path not in written])

    def _remove(self, paths: list[str]) -> None:
        for path in paths:
            if self.file_backend.isfile(path):
                self.file_backend.remove(path)
