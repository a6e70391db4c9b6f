# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...apis import AffinitySettings, affinity_record, write_affinity_labels
from ...utils.record import Record
from ..stage import Job, Stage


class Affinity(Stage):
    """Confident labels of the training images, for the IRNet."""
    name = 'affinity'
    shared = False  # in processes of its own
    makes = '*.png'

    def needs(self, job: Job) -> tuple[str, ...]:
        return ('cam', )

    def folder(self, job: Job) -> Path:
        return job.workspace.affinity_labels(job.method)

    def record(self, job: Job) -> Record:
        return affinity_record(
            job.settings.data_root, job.settings.train_list,
            job.workspace.cams(job.method), **asdict(self._settings(job)))

    def crf(self, job: Job) -> Any:
        return self._settings(job).crf

    def run(self, job: Job) -> None:
        write_affinity_labels(
            job.settings.data_root, job.settings.train_list,
            job.workspace.cams(job.method), self.folder(job),
            **asdict(self._settings(job)))

    def _settings(self, job: Job) -> AffinitySettings:
        return AffinitySettings.of(job.settings.affinity, 'affinity')
