# Copyright (c) COMNet contributors. All rights reserved.
"""Values that packages which do not know each other agree on."""

CAM_EPS = 1e-5
"""Added to the maximum that a class activation map is divided by."""

MIN_CAM_SIDE = 34
"""Side of a picture, in pixels, from which on every network of ours has CAMs.

At the scale 0.5 there are 17 pixels, the least that SqueezeNet takes.
"""

MIN_EXPORT_SIDE = 64
"""Side of a picture, in pixels, from which on an exported network takes it."""

LAUNCHERS = ('none', 'pytorch', 'slurm', 'mpi')
"""What starts the processes of a training or test."""

LINKS = ('copy', 'hard', 'symbolic')
"""How a data set may take pictures that lie elsewhere."""

NEGATIVES = ('listed', 'all')
"""Which pictures of none of the classes a data set may keep."""

PREPARED_FROM = 'lite0/pipeline.py'
"""Pipeline of the package that one for own pictures starts from.

Its network comes with a package, stays as it is and wants no GPU.
"""

MASK_FORMATS = ('coco', 'yolo', 'labelme', 'cvat', 'png')
"""Formats in which masks leave for other programs and come back."""

CORRECTED = 'corrected'
"""Folder of masks in the data_root that somebody has drawn."""
