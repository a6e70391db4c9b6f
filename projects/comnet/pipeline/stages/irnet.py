# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from ..stage import Job
from .training import Training


class IRNetTraining(Training):
    """Training of an IRNet, which finds class boundaries."""
    name = 'irnet'

    def needs(self, job: Job) -> tuple[str, ...]:
        return (*super().needs(job), 'affinity')

    def labels(self, job: Job) -> Path:
        return job.workspace.affinity_labels(job.method)
