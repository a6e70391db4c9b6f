#!/usr/bin/env bash
# Copyright (c) COMNet contributors. All rights reserved.
# Tests a checkpoint on several GPUs, one process each. On several machines,
# run it on each with NNODES, NODE_RANK, MASTER_ADDR and PORT set.

set -euo pipefail
USAGE='[NNODES=1 NODE_RANK=0 MASTER_ADDR=127.0.0.1 PORT=29500]'
USAGE+=' dist_test.sh CONFIG CHECKPOINT GPUS [ARGS of test.py...]'
# shellcheck source=tools/_launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/_launch.sh"

require_args 3 $#
launch_torch "$3" test.py "$1" "$2" "${@:4}"
