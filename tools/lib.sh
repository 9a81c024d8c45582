# shellcheck shell=bash disable=SC2034
# Shared by the commands in this folder: where things lie, progress in words, quiet logs.
# Each command sets `name` (the word before its messages) and sources this file.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$root/.deps
venv_python=$deps/venv/bin/python
video=$deps/video/vtest.avi
export LC_ALL=C.UTF-8
jobs=$(nproc)

say() { printf '%s: %s\n' "${name:?}" "$*"; }

# fail MESSAGE…: each further argument is a line of advice.
fail() {
    printf '%s: FAILED: %s\n' "${name:?}" "$1" >&2
    shift
    local line
    for line in "$@"; do printf '    %s\n' "$line" >&2; done
    exit 1
}

# logged LOG WHAT COMMAND…: runs the command with its output in LOG; shows only how long it took, or the log's end.
logged() {
    local log=$1 what=$2 started=$SECONDS status=0
    shift 2
    mkdir -p "$(dirname "$log")"
    printf '%s: %s … ' "$name" "$what"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -eq 0 ]; then
        printf 'done (%d s)\n' $((SECONDS - started))
        return 0
    fi
    printf 'failed (%d s)\n' $((SECONDS - started))
    printf -- '---- the end of %s\n' "${log#"$root"/}" >&2
    tail -n 15 "$log" >&2
    printf -- '----\n' >&2
    return "$status"
}

have() { command -v "$1" >/dev/null 2>&1; }

# digest FILE…: one hash over the contents of the files that exist.
digest() {
    local file
    for file in "$@"; do
        if [ -f "$file" ]; then cat "$file"; fi
    done | sha256sum | cut -d' ' -f1
}

# Is the Node.js in PATH new enough for the dashboard's pages? Debian 12's is not; tools/setup then puts one into the venv.
have_node() {
    have node && have npm &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
