# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from ...apis import cam_record, write_cams
from ...utils.record import Record
from ..stage import Job, Stage


class CAMs(Stage):
    """Class activation maps of the training images."""
    name = 'cam'
    makes = '*.npz'

    def needs(self, job: Job) -> tuple[str, ...]:
        return ('classifier', )

    def folder(self, job: Job) -> Path:
        return job.workspace.cams(job.method)

    def record(self, job: Job) -> Record:
        return cam_record(job.config('classifier'), self._checkpoint(job))

    def run(self, job: Job) -> None:
        write_cams(job.settings.classifier, self._checkpoint(job),
                   self.folder(job), job.options('classifier'), job.launcher)

    def _checkpoint(self, job: Job) -> Path:
        return job.workspace.checkpoint(job.method, 'classifier')
