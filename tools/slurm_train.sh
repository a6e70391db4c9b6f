#!/usr/bin/env bash
# Copyright (c) COMNet contributors. All rights reserved.
# Trains as a Slurm job, one task a GPU.

set -euo pipefail
USAGE='[GPUS=4 GPUS_PER_NODE=4 CPUS_PER_TASK=5 SRUN_ARGS=...]'
USAGE+=' slurm_train.sh PARTITION JOB_NAME CONFIG WORK_DIR'
USAGE+=' [ARGS of train.py...]'
# shellcheck source=tools/_launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/_launch.sh"

require_args 4 $#
launch_slurm "$1" "$2" train.py "$3" --work-dir "$4" "${@:5}"
