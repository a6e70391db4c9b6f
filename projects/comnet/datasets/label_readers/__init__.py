# Copyright (c) COMNet contributors. All rights reserved.
"""One reader a format of image-level labels.

A reader takes a file or folder, the ids of the images and the names of the
classes where these are known, and returns what it says, a :class:`Reading`,
by the names that it uses. :mod:`comnet.datasets.image_labels` chooses the
reader and finds out which image each name means.
"""

__all__: list[str] = []
