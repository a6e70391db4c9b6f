# Copyright (c) COMNet contributors. All rights reserved.
# shellcheck shell=bash
# Shared by the dist_*.sh and slurm_*.sh scripts beside it; not run by itself.
# PYTHON names the interpreter (default: python).

TOOLS_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
PYTHON="${PYTHON:-python}"

fail() {
  echo "error: $*" >&2
  exit 2
}

# require_args WANTED GIVEN: print the script's usage unless GIVEN >= WANTED.
require_args() {
  if (($2 < $1)); then
    echo "usage: ${USAGE}" >&2
    exit 2
  fi
}

# require_count NAME VALUE: VALUE is a number of processes or machines.
require_count() {
  [[ "$2" =~ ^[1-9][0-9]*$ ]] || fail "$1 must be a positive number, not '$2'"
}

# launch_torch GPUS SCRIPT [ARGS...]: one process a GPU on each machine.
# NNODES, NODE_RANK, MASTER_ADDR and PORT say how machines find each other.
launch_torch() {
  local gpus="$1" script="$2"
  shift 2
  require_count GPUS "${gpus}"
  require_count NNODES "${NNODES:-1}"
  if ((${NNODES:-1} > 1)) && [[ -z "${MASTER_ADDR:-}" || -z "${NODE_RANK:-}" ]]
  then
    fail "NNODES=${NNODES} machines find each other by MASTER_ADDR, the" \
      "address of the first, and NODE_RANK, 0 there, 1, 2, … on the others;" \
      "set both on each"
  fi
  exec "${PYTHON}" -m torch.distributed.run \
    --nnodes="${NNODES:-1}" \
    --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" \
    --master_port="${PORT:-29500}" \
    --nproc_per_node="${gpus}" \
    "${TOOLS_DIR}/${script}" "$@" --launcher pytorch
}

# launch_slurm PARTITION JOB_NAME SCRIPT [ARGS...]: one task a GPU.
# GPUS, GPUS_PER_NODE and CPUS_PER_TASK size the job; SRUN_ARGS goes to srun.
launch_slurm() {
  local partition="$1" job_name="$2" script="$3"
  shift 3
  local gpus="${GPUS:-4}" srun_args=()
  require_count GPUS "${gpus}"
  # Machines have eight GPUs unless told: a smaller job stays on one.
  local per_node="${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}"
  require_count GPUS_PER_NODE "${per_node}"
  read -ra srun_args <<<"${SRUN_ARGS:-}"
  exec srun \
    --partition="${partition}" \
    --job-name="${job_name}" \
    --gres="gpu:${per_node}" \
    --ntasks="${gpus}" \
    --ntasks-per-node="${per_node}" \
    --cpus-per-task="${CPUS_PER_TASK:-5}" \
    --kill-on-bad-exit=1 \
    ${srun_args[@]+"${srun_args[@]}"} \
    "${PYTHON}" -u "${TOOLS_DIR}/${script}" "$@" --launcher slurm
}
