# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from ..stage import Job
from .training import Training


class Segmentor(Training):
    """Training of a segmentor on the pseudo masks."""
    name = 'segmentor'
    validate = False

    def needs(self, job: Job) -> tuple[str, ...]:
        return (*super().needs(job), 'pseudo')

    def labels(self, job: Job) -> Path:
        return job.workspace.pseudo_masks(job.method)
