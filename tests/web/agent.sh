#!/usr/bin/env bash
# timeout: 900
# The pages against the real program on the sample video, in Chromium. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=agent
# shellcheck source=tools/lib.sh
. tools/lib.sh
have_node || PATH=$deps/venv/bin:$PATH
if ! have_node || [ ! -d web/node_modules/playwright-core ]; then
    echo "Node.js 20.19 or newer is not here"
    exit 77
fi
exec node --test --test-concurrency=1 --test-reporter=tap tests/web/agent/*.test.mjs
