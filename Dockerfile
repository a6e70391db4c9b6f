# For machines with GPUs:
#   docker build -t comnet .
#   docker run --gpus all --shm-size 8g -v DATA:/workspace/data -v RUNS:/workspace/work_dirs comnet \
#       comnet pipeline pipeline_r50_voc.py --work-dir work_dirs/voc
# torch and torchvision are those of the image; the rest are the tested versions.
ARG PYTORCH=2.8.0-cuda12.8-cudnn9-runtime
FROM pytorch/pytorch:${PYTORCH}

# g++ compiles pydensecrf, OpenCV needs the other two
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

COPY . /src
RUN grep -vE '^torch(vision)?==' /src/requirements/constraints.txt > /tmp/constraints.txt \
    && pip install --no-cache-dir -c /tmp/constraints.txt /src

WORKDIR /workspace
CMD ["comnet", "--help"]
