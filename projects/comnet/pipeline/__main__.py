# Copyright (c) COMNet contributors. All rights reserved.
"""One of the processes of a stage, see :mod:`comnet.pipeline.process`."""

import json
import sys

from .process import run_task

if __name__ == '__main__':
    run_task(json.loads(sys.argv[1]))
