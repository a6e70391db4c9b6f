# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from ...apis import train, training_record
from ...utils.record import Record
from ..stage import Job, Stage


class Classifier(Stage):
    """Training of a classifier from image-level labels."""
    name = 'classifier'
    reads = ('classifier', 'data_root', 'train_list', 'pretrained',
             'group_size')
    makes = 'last_checkpoint'

    def needs(self, job: Job) -> tuple[str, ...]:
        return ()

    def folder(self, job: Job) -> Path:
        return job.workspace.stage(job.method, self.name)

    def record(self, job: Job) -> Record:
        return training_record(job.config('classifier'))

    def run(self, job: Job) -> None:
        train(job.settings.classifier, self.folder(job),
              job.options('classifier'), resume=True, launcher=job.launcher)
