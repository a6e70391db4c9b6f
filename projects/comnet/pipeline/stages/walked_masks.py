# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path
from typing import Any

from ...apis import WalkSettings, walk_record, write_walked_masks
from ...utils.record import Record
from ..stage import Job, Stage


class WalkedMasks(Stage):
    """Pseudo masks by random walk on the IRNet's class boundaries."""
    name = 'pseudo'
    makes = '*.png'

    def needs(self, job: Job) -> tuple[str, ...]:
        return 'cam', 'irnet'

    def folder(self, job: Job) -> Path:
        return job.workspace.pseudo_masks(job.method)

    def record(self, job: Job) -> Record:
        return walk_record(
            job.config('irnet'), self._checkpoint(job),
            job.workspace.cams(job.method), self._settings(job))

    def crf(self, job: Job) -> Any:
        return self._settings(job).crf

    def run(self, job: Job) -> None:
        write_walked_masks(
            job.settings.irnet, self._checkpoint(job),
            job.workspace.cams(job.method), self.folder(job),
            job.settings.random_walk, job.options('irnet'),
            launcher=job.launcher)

    def _checkpoint(self, job: Job) -> Path:
        return job.workspace.checkpoint(job.method, 'irnet')

    def _settings(self, job: Job) -> WalkSettings:
        return WalkSettings.of(job.settings.random_walk, 'random_walk')
