# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from ...apis import train, training_record
from ...utils.record import Record
from ..stage import Job, Stage


class IRNetTraining(Stage):
    """Training of an IRNet, which finds class boundaries."""
    name = 'irnet'
    reads = ('irnet', 'data_root', 'train_list', 'pretrained')
    makes = 'last_checkpoint'

    def needs(self, job: Job) -> tuple[str, ...]:
        first = ('classifier', ) if job.uses_classifier('irnet') else ()
        return (*first, 'affinity')

    def folder(self, job: Job) -> Path:
        return job.workspace.stage(job.method, self.name)

    def record(self, job: Job) -> Record:
        return training_record(job.config('irnet', **self._labels(job)))

    def run(self, job: Job) -> None:
        train(job.settings.irnet, self.folder(job),
              job.options('irnet', **self._labels(job)), resume=True,
              launcher=job.launcher)

    def _labels(self, job: Job) -> dict[str, str]:
        folder = job.workspace.affinity_labels(job.method).absolute()
        return {'train_dataloader.dataset.seg_map_dir': str(folder)}
