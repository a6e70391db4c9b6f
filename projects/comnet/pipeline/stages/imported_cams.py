# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from ...apis import import_cams, import_record
from ...datasets.image_labels import ANNOTATIONS
from ...utils.record import Record
from ..stage import Job, Stage


class ImportedCAMs(Stage):
    """Class activation maps that other code has made."""
    name = 'cam'
    shared = False
    makes = '*.npz'

    def needs(self, job: Job) -> tuple[str, ...]:
        return ()

    def folder(self, job: Job) -> Path:
        return job.workspace.cams(job.method)

    def record(self, job: Job) -> Record:
        return import_record(job.settings.cams, job.settings.data_root,
                             job.settings.train_list, self._labels(job))

    def run(self, job: Job) -> None:
        import_cams(job.settings.cams, job.settings.data_root,
                    job.settings.train_list, self.folder(job),
                    self._labels(job))

    def _labels(self, job: Job) -> str:
        return job.settings.get('labels', ANNOTATIONS)
