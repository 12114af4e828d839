"""An HTTP server stands in for a camera: it sends a transport stream of unknown length as far as it is let."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from egograph.errors import TruncatedSource
from egograph.video.open_reader import open_reader
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source, find_sources
from tests.video.numbered import number_of, steady, write_numbered


class Camera:
    """Sends `first`, then, once `go_on` is set, `rest`; in chunks, or as a file whose length it tells."""

    def __init__(self, first: bytes, rest: bytes, length: int | None = None) -> None:
        self.go_on = threading.Event()
        camera = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.send_response(200)
                self.send_header("Connection", "close")
                self.send_header(*(("Content-Length", length) if length else ("Transfer-Encoding", "chunked")))
                self.end_headers()
                self._send(first)
                if camera.go_on.wait(20):
                    self._send(rest)
                    self.wfile.write(b"" if length else b"0\r\n\r\n")

            def _send(self, data):
                self.wfile.write(data if length or not data else b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        [self.source] = find_sources([f"http://127.0.0.1:{self.server.server_port}/cam.ts"])

    def close(self) -> None:
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def stream(tmp_path) -> bytes:
    """Six seconds with much noise: enough that the reader's buffers are soon full."""
    path = write_numbered(tmp_path / "a.ts", steady(150, 25), size=(128, 96), noise=30, options={"g": "10", "bf": "0"})
    return path.read_bytes()


@pytest.fixture
def camera(stream) -> Iterator[Camera]:
    camera = Camera(stream[: len(stream) * 2 // 3], stream[len(stream) * 2 // 3 :])
    yield camera
    camera.close()


def test_a_live_stream_gives_clips_before_it_ends(camera):
    with open_reader(camera.source) as reader:
        clips = ClipSampler().sample(reader, camera.source.name)
        early = [next(clips) for _ in range(2)]
        assert not camera.go_on.is_set()
        camera.go_on.set()
        late = list(clips)
    assert reader.live
    assert [clip.index for clip in [*early, *late]] == list(range(6))
    shown = [number_of(frame) for clip in early for frame in clip.frames]
    assert shown == [0, 3, 6, 9, 12, 15, 18, 21, 25, 28, 31, 34, 37, 40, 43, 46]


def lost_on_the_way(stream: bytes) -> bytes:
    """Forty packets of the transport stream are missing."""
    place = 188 * (len(stream) // 376)
    return stream[:place] + stream[place + 188 * 40 :]


def undecodable(stream: bytes) -> bytes:
    """A picture's header is garbage."""
    header = stream.index(b"\x00\x00\x01\x41", len(stream) // 2) + 4  # a picture between two key frames
    return stream[:header] + b"\xff" * 30 + stream[header + 30 :]


@pytest.mark.parametrize("spoil", [lost_on_the_way, undecodable])
def test_a_live_stream_goes_on_after_what_is_broken(stream, spoil):
    camera = Camera(spoil(stream), b"")
    camera.go_on.set()
    clips = list(ClipSampler().clips(camera.source))
    camera.close()
    assert [clip.index for clip in clips] == list(range(6))


def test_a_file_behind_an_address_is_read_to_its_end(tmp_path):
    data = write_numbered(tmp_path / "a.mp4", steady(34, 25), container_options={"movflags": "+faststart"}).read_bytes()
    camera = Camera(data, b"", length=len(data))
    camera.go_on.set()
    clips = list(ClipSampler().clips(camera.source))
    camera.close()
    assert [clip.stop for clip in clips] == [1.0, 1.36]


def test_a_stream_that_breaks_off_says_so_after_its_clips(tmp_path):
    path = write_numbered(tmp_path / "a.mp4", steady(75, 25), noise=30, container_options={"movflags": "+faststart"})
    data = path.read_bytes()
    camera = Camera(data[: len(data) // 2], b"", length=len(data))
    camera.go_on.set()
    clips = ClipSampler().clips(Source(camera.source.address, "cam", live=True))
    assert next(clips).index == 0
    with pytest.raises(TruncatedSource, match=r"decoding stopped at \d\.\d\d s \(\d+ frames\) of 3\.00 s: "):
        list(clips)
    camera.close()
