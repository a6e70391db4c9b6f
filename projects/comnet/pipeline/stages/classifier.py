# Copyright (c) COMNet contributors. All rights reserved.
from ..stage import Job
from .training import Training


class Classifier(Training):
    """Training of a classifier from image-level labels."""
    name = 'classifier'

    def needs(self, job: Job) -> tuple[str, ...]:
        return ()
