#!/usr/bin/env python3
"""Puts the built pages into the program: embed_pages.py DIST OUTPUT_FOLDER writes pages_data.cpp and what it includes.

The assembler takes the bytes in (.incbin), so that a megabyte of pages costs the compiler nothing.
"""
import gzip
import hashlib
import sys
from pathlib import Path

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".json": "application/json", ".webmanifest": "application/manifest+json",
         ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8"}
SQUEEZED = {".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".txt"}


def written(path, data):
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)


def embedded(symbol, path):
    return (f'asm(".section .rodata\\n{symbol}:\\n.incbin \\"{path}\\"\\n{symbol}_end:\\n.byte 0\\n.previous\\n");\n'
            f'extern "C" const char {symbol}[], {symbol}_end[];\n')


def main():
    dist, out = Path(sys.argv[1]), Path(sys.argv[2])
    blobs = out / "pages"
    blobs.mkdir(parents=True, exist_ok=True)
    files = sorted(p for p in dist.rglob("*") if p.is_file()) if dist.is_dir() else []
    build, code, rows = hashlib.sha256(), "", ""
    for number, file in enumerate(files):
        if file.suffix not in TYPES:
            sys.exit(f"{file}: what type of file is this? embed_pages.py knows {', '.join(sorted(TYPES))}")
        name, data = "/" + file.relative_to(dist).as_posix(), file.read_bytes()
        build.update(name.encode() + b"\0" + data)
        squeezed = gzip.compress(data, 9, mtime=0) if file.suffix in SQUEEZED else b""
        if len(squeezed) >= len(data):
            squeezed = b""
        written(blobs / f"{number}.plain", data)
        code += embedded(f"chairside_page_{number}", blobs / f"{number}.plain")
        plain = f"{{chairside_page_{number}, chairside_page_{number}_end}}"
        packed = "{}"
        if squeezed:
            written(blobs / f"{number}.gz", squeezed)
            code += embedded(f"chairside_page_{number}_gz", blobs / f"{number}.gz")
            packed = f"{{chairside_page_{number}_gz, chairside_page_{number}_gz_end}}"
        etag = hashlib.sha256(data).hexdigest()[:16]
        rows += f'    {{"{name}", "{TYPES[file.suffix]}", "\\"{etag}\\"", {plain}, {packed}}},\n'
    # The hash changes the source with the bytes: a compiler's cache looks at sources only.
    source = (f'// {build.hexdigest()}\n#include <vector>\n#include "serve/pages_data.hpp"\n{code}namespace chairside {{\n'
              f'const std::string_view kPagesBuild = "{build.hexdigest()[:8]}";\n'
              "std::span<const PageFile> page_files() {\n"
              f"    static const std::vector<PageFile> kFiles = {{\n{rows}    }};\n    return kFiles;\n}}\n}}\n")
    written(out / "pages_data.cpp", source.encode())


main()
