# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path
from typing import Any

from ...apis import MaskSettings, cam_mask_record, write_cam_masks
from ...utils.record import Record
from ..stage import Job, Stage


class CAMMasks(Stage):
    """Pseudo masks by the CRF alone, without an IRNet."""
    name = 'pseudo'
    makes = '*.png'

    def needs(self, job: Job) -> tuple[str, ...]:
        return ('cam', )

    def folder(self, job: Job) -> Path:
        return job.workspace.pseudo_masks(job.method)

    def record(self, job: Job) -> Record:
        return cam_mask_record(
            job.settings.data_root, job.settings.train_list,
            job.workspace.cams(job.method), self._settings(job))

    def crf(self, job: Job) -> Any:
        return self._settings(job).crf

    def run(self, job: Job) -> None:
        write_cam_masks(
            job.settings.data_root, job.settings.train_list,
            job.workspace.cams(job.method), self.folder(job),
            job.settings.cam_crf, launcher=job.launcher)

    def _settings(self, job: Job) -> MaskSettings:
        return MaskSettings.of(job.settings.cam_crf, 'cam_crf')
