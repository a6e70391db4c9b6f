# Copyright (c) COMNet contributors. All rights reserved.
"""The glue to mmengine: configs, runners, checkpoints, weights."""
