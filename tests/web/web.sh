#!/usr/bin/env bash
# timeout: 900
# The dashboard's pages: types, parts, and the whole in Chromium against a made-up shop. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=web
# shellcheck source=tools/lib.sh
. tools/lib.sh
have_node || PATH=$deps/venv/bin:$PATH
status=0
tools/build_web >&2 || status=$?
if [ "$status" -eq 77 ]; then
    echo "Node.js 20.19 or newer is not here"
    exit 77
fi
if [ "$status" -ne 0 ]; then exit "$status"; fi
(cd web && npm run --silent check) >&2
exec node --test --test-concurrency=1 --test-reporter=tap --import ./tests/web/typescript.mjs tests/web/*.test.mjs
