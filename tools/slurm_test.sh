#!/usr/bin/env bash
# Copyright (c) COMNet contributors. All rights reserved.
# Tests a checkpoint as a Slurm job, one task a GPU.

set -euo pipefail
USAGE='[GPUS=4 GPUS_PER_NODE=4 CPUS_PER_TASK=5 SRUN_ARGS=...]'
USAGE+=' slurm_test.sh PARTITION JOB_NAME CONFIG CHECKPOINT'
USAGE+=' [ARGS of test.py...]'
# shellcheck source=tools/_launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/_launch.sh"

require_args 4 $#
launch_slurm "$1" "$2" test.py "$3" "$4" "${@:5}"
