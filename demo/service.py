# Copyright (c) COMNet contributors. All rights reserved.
"""Masks over HTTP, with FastAPI.

    pip install fastapi uvicorn
    COMNET_MODEL=lite0-voc uvicorn --app-dir demo service:app
    curl --data-binary @a.jpg http://127.0.0.1:8000/masks > mask.png

``/masks`` takes the bytes of a picture and gives its mask, a PNG of the
numbers of the classes in VOC's colours; ``/classes`` their names, background
first.
Nothing guards it: put a server that does before it.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from comnet.apis import SegmentationInferencer
from comnet.utils import InputError

MAX_BYTES = 32 * 2**20

app = FastAPI(title='COMNet')
inferencer = SegmentationInferencer(
    os.environ.get('COMNET_MODEL', 'lite0-voc'))
one_at_a_time = Lock()  # the network takes all cores


@app.get('/classes')
def classes() -> list[str]:
    return ['background', *inferencer.classes]


@app.post('/masks')
async def masks(request: Request) -> Response:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MAX_BYTES:
            raise HTTPException(413, f'more than {MAX_BYTES} bytes')
    return await run_in_threadpool(_mask, bytes(content))


def _mask(content: bytes) -> Response:
    with TemporaryDirectory() as folder:
        picture = Path(folder, 'picture')
        picture.write_bytes(content)
        try:
            with one_at_a_time:
                inferencer(picture, out_dir=Path(folder, 'out'))
        except InputError as error:
            reason = str(error).replace(str(picture), 'the picture')
            raise HTTPException(422, reason) from error
        return Response(Path(folder, 'out/picture.png').read_bytes(),
                        media_type='image/png')
