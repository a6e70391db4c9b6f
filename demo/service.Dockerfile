# Masks over HTTP, on a CPU:
#   docker build -f demo/service.Dockerfile -t comnet-service .
#   docker run -p 8000:8000 comnet-service
FROM python:3.11-slim

# g++ compiles pydensecrf, OpenCV needs the other two, in any version
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

COPY . /src
# hadolint ignore=DL3013
RUN pip install --no-cache-dir -c /src/requirements/constraints.txt torch torchvision \
        --index-url https://download.pytorch.org/whl/cpu --extra-index-url https://pypi.org/simple \
    && pip install --no-cache-dir -c /src/requirements/constraints.txt /src fastapi uvicorn

RUN useradd --create-home --uid 10001 comnet
USER 10001
ENV COMNET_MODEL=lite0-voc
EXPOSE 8000
CMD ["uvicorn", "--app-dir", "/src/demo", "--host", "0.0.0.0", "service:app"]
