#!/usr/bin/env python3
"""The rules of STYLE.md that a machine can hold, as a test.

  tools/tidy.py              prints each breach as file:line: text; exit 1 if there is one
  tools/tidy.py --report     also the sizes: files, functions, comments

Looks at what git tracks, and at what it would track. An exception stands in tools/tidy_ratchet.json with its present
size and may only shrink: {"files": {"path": lines}, "functions": {"path:function": lines}}.
"""
import argparse
import json
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tidy_source import comment_lines, functions, includes, line_of, python_functions

FILE_LINES, FILE_LINES_P90 = 600, 400
FUNCTION_LINES, FUNCTION_LINES_P90 = 70, 30
FILE_BYTES = 1_000_000
MEASURED = (".cpp", ".hpp", ".py", ".ts", ".svelte", ".sql")
RATCHET = "tools/tidy_ratchet.json"

# Third-party headers and the only folders that may see them. Tests are those of the same folder; bench/ compares
# with bare libraries, so it may see all.
THIRD_PARTY = [
    (r"sqlite3\.h$", ["src/store/"]),
    (r"lib(av|sw)\w+/", ["src/capture/"]),
    (r"openvino/", ["src/detect/openvino/"]),
    (r"curl/", ["src/sync/"]),
    (r"yaml-cpp/", ["src/config/"]),
    (r"cairo", ["src/render/"]),
    (r"boost/(asio|beast)\b", ["src/serve/"]),
    (r"boost/(math|geometry)\b", ["src/audit/"]),
    (r"openssl/", ["src/serve/"]),
    (r"sodium", ["src/detect/", "src/serve/", "src/sync/"]),
    (r"prometheus/.*", ["src/serve/"]),
    (r"mosquitto.*", ["src/mqtt/"]),
    (r"libyuv/.*", ["src/capture/ffmpeg/"]),
    (r"systemd/.*", ["apps/"]),
    (r"(spdlog|fmt|date)/", ["src/base/"]),
    (r"Eigen/", ["src/track/"]),
    (r"CLI/", ["apps/"]),
    (r"nlohmann/", ["src/", "apps/", "tests/"]),
    (r"zlib\.h$", ["src/", "apps/", "tests/"]),
    (r"tl/expected\.hpp$", ["src/"]),
]
IN_ANY_HEADER = re.compile(r"tl/expected\.hpp$")
TEST_ONLY = re.compile(r"(gtest|gmock|sanitizer)/|rapidcheck")
SYSTEM = re.compile(r"[a-z_0-9]+(\.h)?$|(sys|net|netinet|arpa|linux)/\w+\.h$")

# Put together so that this file does not breach its own rules.
LEFT_OPEN = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|(?i:not (yet )?imple" r"mented|placeholder imple" r"mentation)")
REGISTRY = re.compile(r"//[a-z0-9.-]*(py" r"pi|pythonho" r"sted|crat" r"es\.io|npm" r"js|proxy\.gol" r"ang|mav" r"en|deb\.deb" r"ian|deb\.node)")
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9._$}-])/(wo" r"rk|fa" r"rm|ro" r"ot|ho" r"me/[a-z]+)/")


class Breach(NamedTuple):
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


class Tree:
    """Texts by path. Binary files have only a size."""

    def __init__(self, texts, sizes=None):
        self.texts = texts
        self.sizes = sizes or {path: len(text.encode()) for path, text in texts.items()}

    @classmethod
    def from_git(cls, root):
        listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=root, check=True,
                                capture_output=True).stdout.decode()
        texts, sizes = {}, {}
        for path in sorted(set(listed.split("\0")) - {""}):
            file = root / path
            if file.is_symlink() or not file.is_file():
                continue
            data = file.read_bytes()
            sizes[path] = len(data)
            if b"\0" not in data[:8000]:
                texts[path] = data.decode("utf-8", "replace")
        return cls(texts, sizes)

    def with_suffix(self, *suffixes, under=""):
        return {p: t for p, t in self.texts.items() if p.endswith(suffixes) and p.startswith(under)}


def is_test(path):
    return path.startswith("tests/") or PurePosixPath(path).stem.endswith("_test")


def parent(path):
    return str(PurePosixPath(path).parent) + "/"


# --- rules: each takes a Tree and yields breaches ------------------------------------------------------------

def include_order(tree):
    """A folder under src/ includes only itself and folders above it in the root CMakeLists.txt."""
    order = re.findall(r"^\s*add_subdirectory\(src/(\w+)\)", tree.texts.get("CMakeLists.txt", ""), re.M)
    folders = {path.split("/")[1] for path in tree.with_suffix(".cpp", ".hpp", under="src/")}
    for folder in sorted(folders - set(order)):
        yield Breach("CMakeLists.txt", 1, f"src/{folder} is not in the list of folders")
    for path, text in tree.with_suffix(".cpp", ".hpp", under="src/").items():
        own = path.split("/")[1]
        if own not in order:
            continue
        for include in includes(text):
            first = include.path.split("/")[0]
            if first in order and not include.angle and order.index(first) > order.index(own):
                yield Breach(path, include.line, f"src/{own} may not include {include.path}: {first} comes after it")


def third_party(tree):
    """A library is seen only by the folder that adapts it, and its headers do not leave that folder."""
    for path, text in tree.with_suffix(".cpp", ".hpp").items():
        for include in includes(text):
            if not include.angle or path.startswith("bench/"):
                continue
            if TEST_ONLY.match(include.path):
                if not is_test(path):
                    yield Breach(path, include.line, f"<{include.path}> is for tests only")
                continue
            places = next((where for what, where in THIRD_PARTY if re.match(what, include.path)), None)
            if places is None:
                if not SYSTEM.match(include.path):
                    yield Breach(path, include.line, f"<{include.path}> is unknown: name its folder in tools/tidy.py")
            elif not path.startswith(tuple(places)):
                yield Breach(path, include.line, f"<{include.path}> belongs into {' or '.join(places)}")
            elif path.endswith(".hpp") and not IN_ANY_HEADER.match(include.path):
                yield from leaks(tree, path, include)


def leaks(tree, header, include):
    for path, text in tree.with_suffix(".cpp", ".hpp").items():
        if path.startswith(parent(header)):
            continue
        if any(not other.angle and "src/" + other.path == header for other in includes(text)):
            yield Breach(header, include.line, f"<{include.path}> leaves its folder: {path} includes this header")
            return


def header_guards(tree):
    for path, text in tree.with_suffix(".hpp").items():
        if not re.search(r"^#pragma once$", text, re.M):
            yield Breach(path, 1, "no #pragma once")
        for match in re.finditer(r"^\s*using namespace\b", text, re.M):
            yield Breach(path, line_of(text, match.end()), "using namespace in a header")


def own_header_first(tree):
    """x.cpp begins with x.hpp where there is one: it must stand alone."""
    for path, text in tree.with_suffix(".cpp", under="src/").items():
        own = path[:-4] + ".hpp"
        found = includes(text)
        if own in tree.texts and (not found or "src/" + found[0].path != own):
            yield Breach(path, found[0].line if found else 1, f"the first include is not its own header {own[4:]}")


def listed_in_cmake(tree):
    for path in tree.with_suffix(".cpp", under=("src/", "apps/", "bench/", "fuzz/", "examples/")):
        for folder in PurePosixPath(path).parents:
            lists = tree.texts.get(str(folder / "CMakeLists.txt"), "")
            name = re.escape(str(PurePosixPath(path).relative_to(folder)))
            # fuzz/, bench/ and examples/ list bare names for chairside_fuzz() and foreach().
            short = name if path.startswith(("src/", "apps/")) else name.removesuffix(r"\.cpp").removesuffix("_fuzz")
            if re.search(rf"(?<![\w./-])({name}|{short}(?=[\s)]))", lists):
                break
        else:
            yield Breach(path, 1, "in no CMakeLists.txt")


def dead_files(tree):
    """Headers that nobody includes, scripts and CMake files that nobody names."""
    included = {i.path for text in tree.with_suffix(".cpp", ".hpp").values() for i in includes(text) if not i.angle}
    for path in tree.with_suffix(".hpp"):
        if not any(path == i or path.endswith("/" + i) for i in included):
            yield Breach(path, 1, "no file includes this header")
    for path in tree.texts:
        if path.startswith(("tools/", "cmake/")) and path != RATCHET:
            name = PurePosixPath(path)
            wanted = name.stem if name.suffix in (".py", ".cmake") else name.name
            if not any(re.search(rf"\b{re.escape(wanted)}\b", text) for other, text in tree.texts.items() if other != path):
                yield Breach(path, 1, "no other file names this one")


def texts_of_the_tree(tree):
    rules = [(LEFT_OPEN, "left open: do it, or file an issue"), (REGISTRY, "names the host of a package registry"),
             (MACHINE_PATH, "a path of one machine")]
    for path, text in tree.texts.items():
        for pattern, why in rules:
            for match in pattern.finditer(text):
                yield Breach(path, line_of(text, match.start()), f"{why}: {match[0]}")


def large_files(tree):
    for path, size in tree.sizes.items():
        if size > FILE_BYTES:
            yield Breach(path, 1, f"{size} bytes; the limit is {FILE_BYTES} (no weights, recordings or build output)")


# --- sizes, with the ratchet ---------------------------------------------------------------------------------

def file_sizes(tree):
    return {path: text.count("\n") for path, text in tree.with_suffix(*MEASURED).items()}


def function_sizes(tree):
    """{path:name: (lines, line)}, the longest where a name comes twice."""
    sizes = {}
    for path, text in tree.with_suffix(".cpp", ".hpp", ".py").items():
        for function in (python_functions if path.endswith(".py") else functions)(text):
            key = f"{path}:{function.name}"
            if function.lines > sizes.get(key, (0, 0))[0]:
                sizes[key] = (function.lines, function.line)
    return sizes


def ratcheted(sizes, limit, allowed, what):
    for key, (lines, line) in sizes.items():
        path, _, name = key.partition(":")
        label = f"{what} {name}".strip()
        if lines > max(limit, allowed.get(key, 0)):
            yield Breach(path, line, f"{label} has {lines} lines; the limit is {max(limit, allowed.get(key, 0))}")
    for key, lines in allowed.items():
        now = sizes.get(key, (0, 0))[0]
        if now < lines:
            action = f"lower it to {now}" if now > limit else "remove it"
            yield Breach(RATCHET, 1, f"{key} stands at {lines} but has {now} lines: {action}")


def p90(values):
    ordered = sorted(values)
    return ordered[int(0.9 * (len(ordered) - 1))] if ordered else 0


def product(key):
    path = key.split(":")[0]
    return path.startswith(("src/", "apps/")) and path.endswith((".cpp", ".hpp")) and not is_test(path)


def lengths(tree):
    ratchet = json.loads(tree.texts.get(RATCHET, "{}"))
    files, per_function = file_sizes(tree), function_sizes(tree)
    yield from ratcheted({p: (n, 1) for p, n in files.items()}, FILE_LINES, ratchet.get("files", {}), "the file")
    yield from ratcheted(per_function, FUNCTION_LINES, ratchet.get("functions", {}), "function")
    of_files = p90(n for p, n in files.items() if product(p))
    of_functions = p90(n for k, (n, _) in per_function.items() if product(k))
    if of_files > FILE_LINES_P90:
        yield Breach("src", 1, f"nine of ten files should have at most {FILE_LINES_P90} lines; now it is {of_files}")
    if of_functions > FUNCTION_LINES_P90:
        yield Breach("src", 1, f"nine of ten functions should have at most {FUNCTION_LINES_P90} lines; now {of_functions}")


RULES = [include_order, third_party, header_guards, own_header_first, listed_in_cmake, dead_files, texts_of_the_tree,
         large_files, lengths]


def breaches(tree):
    return sorted({breach for rule in RULES for breach in rule(tree)})


def report(tree):
    files = [n for p, n in file_sizes(tree).items() if product(p)]
    per_function = [n for k, (n, _) in function_sizes(tree).items() if product(k)]
    comments = code = tests = 0
    for path, text in tree.with_suffix(".cpp", ".hpp", under=("src/", "apps/")).items():
        if is_test(path):
            tests += text.count("\n")
        else:
            has, code_lines = comment_lines(text)
            comments, code = comments + has, code + code_lines
    print(f"product files: {len(files)}, lines {sum(files)}, p90 {p90(files)}, max {max(files, default=0)}")
    print(f"functions: {len(per_function)}, p90 {p90(per_function)} lines, max {max(per_function, default=0)}")
    print(f"comment:code {comments / max(code, 1):.2f} (0.15 to 0.30 is usual)")
    print(f"unit tests beside the sources: {tests} lines")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", action="store_true", help="print sizes too")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    arguments = parser.parse_args()
    tree = Tree.from_git(arguments.root)
    found = breaches(tree)
    for breach in found:
        print(breach)
    if arguments.report:
        report(tree)
    print(f"tidy: {len(tree.sizes)} files, {len(found)} breaches")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
