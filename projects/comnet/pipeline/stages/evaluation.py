# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path
from typing import Any

from ...apis import test, test_record
from ...utils.record import Record
from ..stage import Job, Stage


class Evaluation(Stage):
    """Test of the segmentor on the validation images."""
    name = 'evaluation'
    makes = 'record.json'

    def needs(self, job: Job) -> tuple[str, ...]:
        return ('segmentor', )

    def folder(self, job: Job) -> Path:
        return job.workspace.stage(job.method, self.name)

    def record(self, job: Job) -> Record:
        return test_record(
            job.config('segmentor', **self._options(job)),
            self._checkpoint(job), job.settings.get('tta', False))

    def crf(self, job: Job) -> Any:
        return job.settings.get('test_crf')

    def run(self, job: Job) -> None:
        test(job.settings.segmentor, self._checkpoint(job), self.folder(job),
             job.options('segmentor', **self._options(job)),
             job.settings.get('tta', False), job.launcher)

    def _options(self, job: Job) -> dict[str, Any]:
        crf = job.settings.get('test_crf')
        return {} if crf is None else {'test_evaluator.crf': crf}

    def _checkpoint(self, job: Job) -> Path:
        return job.workspace.checkpoint(job.method, 'segmentor')
