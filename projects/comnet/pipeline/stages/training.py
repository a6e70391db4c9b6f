# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path
from typing import Any, ClassVar

from ...apis import train, training_record
from ...engine.config import initial_weights
from ...engine.pretrained import pretrained_file
from ...utils.record import Record
from ..stage import CLASSIFIER, Job, Stage


class Training(Stage):
    """Training of the network that the stage is named after.

    Attributes:
        validate: Whether to validate while training.
    """
    makes = 'last_checkpoint'
    validate: ClassVar[bool] = True

    def needs(self, job: Job) -> tuple[str, ...]:
        return (CLASSIFIER, ) if job.uses_classifier(self.name) else ()

    def folder(self, job: Job) -> Path:
        return job.workspace.stage(job.method, self.name)

    def record(self, job: Job) -> Record:
        return training_record(job.config(self.name, **self._options(job)))

    def check(self, job: Job) -> None:
        if not job.uses_classifier(self.name):
            for weights in initial_weights(job.config(self.name)).values():
                pretrained_file(weights)

    def run(self, job: Job) -> None:
        train(job.settings[self.name], self.folder(job),
              job.options(self.name, **self._options(job)), resume=True,
              validate=self.validate, launcher=job.launcher)

    def labels(self, job: Job) -> Path | None:
        """Return the folder of PNGs that it learns from, if it does."""
        return None

    def _options(self, job: Job) -> dict[str, Any]:
        folder = self.labels(job)
        if folder is None:
            return {}
        return {'train_dataloader.dataset.seg_map_dir':
                str(folder.absolute())}
