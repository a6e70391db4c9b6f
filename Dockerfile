# For machines with GPUs:
#   docker build -t comnet .
#   docker run --gpus all --shm-size 8g -v DATA:/workspace/data -v RUNS:/workspace/work_dirs comnet \
#       comnet pipeline pipeline_r50_voc.py --work-dir work_dirs/voc
# torch and torchvision are those of the image; the rest are the tested versions.
ARG PYTORCH=2.8.0-cuda12.8-cudnn9-runtime
FROM pytorch/pytorch:${PYTORCH}

# g++ compiles pydensecrf, OpenCV needs the other two, in any version
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

COPY . /src
RUN grep -vE '^torch(vision)?==' /src/requirements/constraints.txt > /tmp/constraints.txt \
    && pip install --no-cache-dir -c /tmp/constraints.txt /src

# no root: RUNS has to be writable for this user, or `docker run --user` names another
WORKDIR /workspace
RUN useradd --create-home --uid 10001 comnet && chown comnet /workspace
USER 10001
CMD ["comnet", "--help"]
