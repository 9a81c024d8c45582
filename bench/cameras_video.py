"""The videos of bench/cameras, made of the sample video with FFmpeg: H.264 as cameras send it, and a day-like one."""
import json
import subprocess

FPS = 10
SIZES = {"768x576": (768, 576), "1920x1080": (1920, 1080)}
# As cameras are set up: a bound on the rate, a key picture each 5 s.
RATES = {"768x576": "768k", "1920x1080": "3M"}
H264 = ["-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-bf", "2", "-threads", "2"]
MOVING_S, STILL_S, PIECES = 20, 80, 4
# Dawn and dusk over minutes, lamps switched on and off, a cloud for some seconds.
LIGHT = ("0.03*sin(t/40)+0.10*between(mod(t\\,100)\\,35\\,62)-0.08*between(mod(t\\,130)\\,80\\,97)"
         "+0.04*sin(t)*between(mod(t\\,100)\\,70\\,85)")
NOISE = "noise=alls=4:allf=t"


def made(file, arguments, size):
    if not file.exists():
        part, rate = file.with_suffix(".part.mp4"), RATES[size]
        bound = ["-crf", "25", "-maxrate", rate, "-bufsize", rate]
        subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, "-an", *H264, *bound, str(part)], check=True)
        part.rename(file)
    return file


def busy(sample, folder, name):
    """All of the sample at this size: somebody walks in every picture."""
    width, height = SIZES[name]
    return made(folder / f"busy-{name}.mp4", ["-i", str(sample), "-vf", f"scale={width}:{height}:flags=bicubic"], name)


def day(sample, folder, name):
    """The sample in pieces, each followed by four times its length in which its last picture stands; with the noise of
    a sensor and changes of light all through."""
    width, height = SIZES[name]
    pieces = "".join(f"[p{i}]" for i in range(PIECES))
    graph = f"[0:v]scale={width}:{height}:flags=bicubic,split={PIECES}{pieces};"
    for i in range(PIECES):
        graph += (f"[p{i}]trim={i * MOVING_S}:{(i + 1) * MOVING_S},setpts=PTS-STARTPTS,"
                  f"tpad=stop_mode=clone:stop_duration={STILL_S}[q{i}];")
    graph += "".join(f"[q{i}]" for i in range(PIECES)) + f"concat=n={PIECES}:v=1,fps={FPS},eq=brightness='{LIGHT}':eval=frame,{NOISE}"
    return made(folder / f"day-{name}.mp4", ["-i", str(sample), "-filter_complex", graph], name)


def pictures(file):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-count_packets", "-show_entries",
                          "stream=nb_read_packets", "-of", "json", str(file)], check=True, capture_output=True, text=True)
    return int(json.loads(out.stdout)["streams"][0]["nb_read_packets"])
