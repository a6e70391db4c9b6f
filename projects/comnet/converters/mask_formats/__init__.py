# Copyright (c) COMNet contributors. All rights reserved.
"""Masks as programs to draw them read and write, a module a format.

A format is a module with two functions. ``write(items, classes, folder)``
fills a folder with pictures and what is on them; ``read(source, classes)``
returns what files of it say, by their own names. What these mean, and whether
they fit the data set, is found out by
:mod:`comnet.converters.mask_exchange`.
"""

__all__: list[str] = []
