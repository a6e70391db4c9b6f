# Copyright (c) COMNet contributors. All rights reserved.
"""Makers of data sets in VOC layout."""
