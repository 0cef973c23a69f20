"""Reads clips with one of the Python libraries, as `verb-benchmarks loader` asks, line by line.

A job is {"file", "clips": [[frame, ...], ...], "workers"}; the answer {"wall", "cpu", "wrong"} in seconds and frames.
The frames of a clip rise. Every clip opens the file and becomes one contiguous array [frames, height, width, 3] of 8-bit RGB. One decoder thread
for each worker; several workers are processes, which keep their clips, as nothing is to be said about pipes here.
"""

import json
import multiprocessing
import resource
import sys
import time

import numpy as np

CELLS = 12  # of the strip that shows a picture's number


def number(picture):
    height, width, _ = picture.shape
    columns = [(2 * cell + 1) * width // (2 * CELLS) for cell in range(CELLS)]
    return sum(1 << cell for cell, column in enumerate(columns) if picture[height // 30, column, 0] > 127)


def open_pyav(file):
    import av

    container = av.open(file)
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    stream.codec_context.thread_type = "NONE"
    return container, stream


def read_pyav(file, indices):
    """Decodes from the beginning to the last wanted frame and converts the wanted ones."""
    places = {index: place for place, index in enumerate(indices)}
    last, found = max(indices), None
    container, stream = open_pyav(file)
    with container:
        for index, frame in enumerate(container.decode(stream)):
            if index in places:
                if found is None:
                    found = np.empty((len(indices), frame.height, frame.width, 3), np.uint8)
                found[places[index]] = frame.to_ndarray(format="rgb24")
            if index == last:
                break
    return found


def read_pyav_seek(file, indices):
    """Seeks to the key frame before a wanted frame, unless the decoder is already between the two."""
    container, stream = open_pyav(file)
    found, frames, here = None, None, None
    with container:
        rate, base = stream.average_rate, stream.time_base
        for place, index in enumerate(indices):
            target = round(index / rate / base) + (stream.start_time or 0)
            if frames is None or index - here > 12:
                container.seek(target, stream=stream)
                frames = container.decode(stream)
            for frame in frames:
                here = round((frame.pts - (stream.start_time or 0)) * base * rate)
                if frame.pts >= target:
                    if found is None:
                        found = np.empty((len(indices), frame.height, frame.width, 3), np.uint8)
                    found[place] = frame.to_ndarray(format="rgb24")
                    break
    return found


def read_decord(file, indices):
    import decord

    return decord.VideoReader(file, ctx=decord.cpu(0), num_threads=1).get_batch(indices).asnumpy()


def torchcodec(mode):
    def read(file, indices):
        from torchcodec.decoders import VideoDecoder

        decoder = VideoDecoder(file, dimension_order="NHWC", num_ffmpeg_threads=1, seek_mode=mode)
        return decoder.get_frames_at(list(indices)).data.contiguous().numpy()

    return read


READERS = {
    "pyav": read_pyav,
    "pyav-seek": read_pyav_seek,
    "decord": read_decord,
    "torchcodec": torchcodec("exact"),
    "torchcodec-approximate": torchcodec("approximate"),
}


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def prepare(name, start):
    global read, barrier
    read, barrier = READERS[name], start
    if name.startswith("torch"):
        import torch

        torch.set_num_threads(1)


def share(job):
    """Checks the clips of one worker, then reads them against the clock."""
    wrong = 0
    for indices in job["clips"]:
        wrong += sum(number(picture) != index for picture, index in zip(read(job["file"], indices), indices))
    if barrier is not None:
        barrier.wait()
    start, before = time.monotonic(), cpu()
    for indices in job["clips"]:
        read(job["file"], indices)
    return start, time.monotonic(), cpu() - before, wrong


def main():
    name = sys.argv[1]
    prepare(name, None)
    pools = {}
    for line in sys.stdin:
        job = json.loads(line)
        workers = job["workers"]
        if workers == 1:
            shares = [share(job)]
        else:
            if workers not in pools:
                context = multiprocessing.get_context("spawn")
                pools[workers] = context.Pool(workers, prepare, (name, context.Barrier(workers)))
            parts = [{"file": job["file"], "clips": job["clips"][worker::workers]} for worker in range(workers)]
            shares = pools[workers].map(share, parts, chunksize=1)
        starts, ends, times, wrong = zip(*shares)
        answer = {"wall": max(ends) - min(starts), "cpu": sum(times), "wrong": sum(wrong)}
        print(json.dumps(answer), flush=True)
    for pool in pools.values():
        pool.close()
        pool.join()


if __name__ == "__main__":
    main()
