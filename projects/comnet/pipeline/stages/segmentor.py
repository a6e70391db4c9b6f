# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from ...apis import train, training_record
from ...utils.record import Record
from ..stage import Job, Stage


class Segmentor(Stage):
    """Training of a segmentor on the pseudo masks."""
    name = 'segmentor'
    reads = ('segmentor', 'data_root', 'train_list', 'pretrained')
    makes = 'last_checkpoint'

    def needs(self, job: Job) -> tuple[str, ...]:
        first = ('classifier', ) if job.uses_classifier('segmentor') else ()
        return (*first, 'pseudo')

    def folder(self, job: Job) -> Path:
        return job.workspace.stage(job.method, self.name)

    def record(self, job: Job) -> Record:
        return training_record(job.config('segmentor', **self._masks(job)))

    def run(self, job: Job) -> None:
        train(job.settings.segmentor, self.folder(job),
              job.options('segmentor', **self._masks(job)), resume=True,
              validate=False, launcher=job.launcher)

    def _masks(self, job: Job) -> dict[str, str]:
        folder = job.workspace.pseudo_masks(job.method).absolute()
        return {'train_dataloader.dataset.seg_map_dir': str(folder)}
