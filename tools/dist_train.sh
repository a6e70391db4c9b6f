#!/usr/bin/env bash
# Copyright (c) COMNet contributors. All rights reserved.
# Trains on several GPUs, one process each. On several machines, run it on
# each with NNODES, NODE_RANK, MASTER_ADDR and PORT set.

set -euo pipefail
USAGE='[NNODES=1 NODE_RANK=0 MASTER_ADDR=127.0.0.1 PORT=29500]'
USAGE+=' dist_train.sh CONFIG GPUS [ARGS of train.py...]'
# shellcheck source=tools/_launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/_launch.sh"

require_args 2 $#
launch_torch "$2" train.py "$1" "${@:3}"
