#!/usr/bin/python3
"""An RTSP camera for tests: plays a video file in a loop, on loopback, on a free port.

    rtsp_server.py FILE [--path /cam] [--codec h264|mjpeg] [--user U --password P] [--frames N] [--size WxH]

Prints one line, "port N", once it can be reached, and serves until its standard input is closed or it is killed.
The file is encoded once, before the start; times of the loops go on without a break. With --frames the stream ends
after N pictures. Needs PyGObject, gst-rtsp-server and the good, bad and ugly plugins of GStreamer.
"""

import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtspServer  # noqa: E402

APP_SOURCE = GstApp.AppSrc  # its signals are only known once the library is loaded

ENCODERS = {
    "h264": ("x264enc tune=zerolatency speed-preset=ultrafast threads=1 key-int-max=10 ! "
             "video/x-h264,profile=baseline,stream-format=byte-stream,alignment=au",
             "h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1"),
    "mjpeg": ("jpegenc", "jpegparse ! rtpjpegpay name=pay0 pt=26"),
}


def encode(path, codec, size):
    """All pictures of the file as (bytes, pts, duration), and their caps."""
    pipeline = Gst.parse_launch(
        f'filesrc location="{path}" ! decodebin ! videoconvert ! videoscale ! video/x-raw,format=I420{size} ! '
        f"{ENCODERS[codec][0]} ! appsink name=out sync=false")
    out = pipeline.get_by_name("out")
    pipeline.set_state(Gst.State.PLAYING)
    pictures, caps = [], None
    while True:
        sample = out.emit("pull-sample")
        if sample is None:
            break
        buffer = sample.get_buffer()
        caps = sample.get_caps()
        pictures.append((buffer.extract_dup(0, buffer.get_size()), buffer.pts, buffer.duration))
    pipeline.set_state(Gst.State.NULL)
    if not pictures:
        sys.exit(f"{path}: no pictures")
    return pictures, caps


class Camera(GstRtspServer.RTSPMediaFactory):
    """Each client starts at the first picture."""

    def __init__(self, pictures, caps, codec, limit):
        super().__init__()
        self.pictures, self.caps, self.limit = pictures, caps, limit
        self.launch = f"( appsrc name=source is-live=true format=time block=true max-bytes=1000000 ! {ENCODERS[codec][1]} )"
        self.set_shared(False)

    def do_create_element(self, url):
        return Gst.parse_launch(self.launch)

    def do_configure(self, media):
        source = media.get_element().get_by_name("source")
        source.set_property("caps", self.caps)
        source.set_property("max-bytes", 1_000_000)
        threading.Thread(target=self.feed, args=(source,), daemon=True).start()
        GstRtspServer.RTSPMediaFactory.do_configure(self, media)

    def feed(self, source):
        """appsrc paces us: it blocks while full, and the sink of the media keeps time."""
        first = self.pictures[0][1]
        last = self.pictures[-1]
        period = last[1] + (last[2] if last[2] != Gst.CLOCK_TIME_NONE else 40_000_000) - first
        sent, shift = 0, 0
        while self.limit == 0 or sent < self.limit:
            for data, pts, duration in self.pictures:
                buffer = Gst.Buffer.new_wrapped(data)
                buffer.pts = buffer.dts = pts - first + shift
                buffer.duration = duration
                if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                    return
                sent += 1
                if sent == self.limit:
                    break
            shift += period
        source.emit("end-of-stream")


def protect(server, factory, user, password):
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(2)  # digest only, as cameras do
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--path", default="/cam")
    parser.add_argument("--codec", choices=sorted(ENCODERS), default="h264")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--frames", type=int, default=0)
    parser.add_argument("--port", type=int, default=0)  # 0: a free one
    parser.add_argument("--size", default="")  # of the picture; the file's own without it
    options = parser.parse_args()

    Gst.init(None)
    width, _, height = options.size.partition("x")
    pictures, caps = encode(options.file, options.codec, f",width={width},height={height}" if options.size else "")
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    factory = Camera(pictures, caps, options.codec, options.frames)
    if options.user:
        protect(server, factory, options.user, options.password)
    server.get_mount_points().add_factory(options.path, factory)
    if server.attach(None) == 0:
        sys.exit("cannot listen")
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    print(f"port {server.get_bound_port()}", flush=True)
    loop.run()


if __name__ == "__main__":
    main()
