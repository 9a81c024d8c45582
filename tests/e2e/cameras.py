#!/usr/bin/env python3
# timeout: 1200
"""Cameras as they are in shops: a real RTSP server that comes and goes, and files that are not what they seem."""
import shutil
import signal
import socket
import subprocess

import _e2e as e2e


class Rtsp(e2e.Case):
    def setUp(self):
        super().setUp()
        self.need_rtsp_server()

    def serve(self, port):
        server = subprocess.Popen(["/usr/bin/python3", e2e.ROOT / "tests/support/rtsp_server.py", e2e.VIDEO, "--port", str(port)],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.processes.append(server)
        line = server.stdout.readline()
        self.assertTrue(line, "the RTSP server did not start")
        return server, line.strip()

    def test_a_camera_that_goes_away_is_offline_and_comes_back_by_itself(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server, _ = self.serve(port)
        address = f"rtsp://127.0.0.1:{port}/cam"
        config = self.config(source=address, camera="    timeout: 3")
        process = self.start(e2e.CHAIRSIDE, "run", "--config", config)

        def camera(so):
            """What the status says of it once it is so."""
            def asked():
                cameras = (self.status(config) or {}).get("cameras") or []
                return cameras[0] if cameras and so(cameras[0]) else None
            return asked

        self.wait_for("pictures", camera(lambda c: c["state"] == "ok" and c["frames"] > 30), seconds=120)
        seen = self.wait_for("people", camera(lambda c: c["active_tracks"] > 0), seconds=120)
        # Of 10 frames a second; a busy machine analyses fewer, and never more.
        self.assertLess(0, seen["fps"])
        self.assertLess(seen["fps"], 12)
        server.kill()
        server.wait()
        lost = self.wait_for("the loss", camera(lambda c: c["state"] in ("degraded", "offline")), seconds=120)
        self.assertTrue(lost.get("error"), "the status says why")
        self.serve(port)
        back = self.wait_for("the return", camera(lambda c: c["state"] == "ok"), seconds=120)
        self.assertFalse(back.get("error"), "what it said of the loss is gone")
        self.stop(process)

    def test_a_host_that_is_down_does_not_stop_the_service(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        config = self.config(source=f"rtsp://user:s3cretpass@127.0.0.1:{port}/cam", camera="    timeout: 2")
        process = self.start(e2e.CHAIRSIDE, "run", "--config", config)
        status = self.wait_for("an error in words", lambda: [c for c in (self.status(config) or {"cameras": []})["cameras"] if c.get("error")])
        self.assertNotIn("s3cretpass", str(status))
        self.stop(process)
        self.assertNotIn("s3cretpass", self.stderr() + (self.dir / "chairside.log").read_text())


class Files(e2e.Case):
    def run_on(self, path):
        return self.chairside("run", "--config", self.config(source=path), timeout=300)

    def test_what_is_no_video_is_a_failure_in_words(self):
        empty, text = self.dir / "empty.mp4", self.dir / "text.mp4"
        empty.write_bytes(b"")
        text.write_text("hello\n" * 200)
        for path in (empty, text):
            done = self.run_on(path)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(path.name, done.stderr)

    def test_a_file_cut_in_the_middle_is_counted_up_to_there(self):
        cut = self.dir / "cut.avi"
        shutil.copyfile(e2e.VIDEO, cut)
        with open(cut, "r+b") as file:
            file.truncate(e2e.VIDEO.stat().st_size // 2)
        done = self.run_on(cut)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_sound_alone_is_a_failure_in_words(self):
        if not shutil.which("ffmpeg"):
            self.skipTest("ffmpeg is not installed")
        sound = self.dir / "sound.m4a"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", sound], check=True)
        done = self.run_on(sound)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "(?i)no (video|picture)")

    def test_sigint_is_as_good_as_sigterm(self):
        config = self.config(camera="    realtime: true\n    loop: true")
        process = self.start(e2e.CHAIRSIDE, "run", "--config", config)
        self.wait_for("the service", lambda: self.status(config))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=30), 0)


if __name__ == "__main__":
    e2e.need_video()
    e2e.main()
