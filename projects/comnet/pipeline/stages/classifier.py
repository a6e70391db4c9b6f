# Copyright (c) COMNet contributors. All rights reserved.
from ..stage import Job
from .training import Training


class Classifier(Training):
    """Training of a classifier from image-level labels."""
    name = 'classifier'
    reads = ('classifier', 'data_root', 'train_list', 'pretrained',
             'group_size', 'labels', 'options')

    def needs(self, job: Job) -> tuple[str, ...]:
        return ()
