#!/bin/sh
# Print a Chromium for the browser tests; install one if there is none and that is allowed.
# $CHROMIUM names one to use instead.
set -eu

# Asked for its version, since Ubuntu has a chromium-browser that only says to use snap.
find_one() {
    for name in ${CHROMIUM:-chromium chromium-browser google-chrome google-chrome-stable}; do
        if "$name" --version >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    return 1
}

if ! find_one; then
    if [ -n "${CHROMIUM:-}" ]; then
        echo "CHROMIUM=$CHROMIUM does not run." >&2
        exit 1
    fi
    if ! "$(dirname "$0")/need_packages.sh" "The browser tests need Chromium or Google Chrome" \
        chromium fonts-dejavu-core; then
        echo "Ubuntu has it as a snap only: install Google Chrome there, or name a browser that" >&2
        echo "is somewhere else: make test CHROMIUM=/path/to/chrome" >&2
        exit 1
    fi
    find_one
fi
