#!/bin/sh
# Make .venv anew, holding just what requirements.lock names.
set -eu
need_packages=$(dirname "$0")/need_packages.sh

# 3.11 first: only there the better of the two face detectors (yuface) has a package.
# Whether a Python is fit is asked of itself: pyenv has names on the path that do not run.
fit='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
python=
for name in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    if "$name" -c "$fit" 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "fer-curator needs Python 3.11, 3.12 or 3.13, and ${PYTHON:-python3} is none of them." >&2
    echo "Install one (best: 3.11), or name it: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
fi

# Debian takes ensurepip out of Python and ships it in a package of its own.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$need_packages" "Python's venv module is missing" "python$version-venv"
fi

# --clear: what an earlier lock, or an installation cut short, left there must not stay.
"$python" -m venv --clear .venv
scripts/install_lock.sh requirements.lock "the app and the trainer: .6 GB to fetch, 2.6 GB on disk, some minutes"

# OpenCV's package links against libraries that bare systems lack.
if ! .venv/bin/python -c 'import cv2' 2>/dev/null; then
    "$need_packages" "OpenCV needs two system libraries" libgl1 libglib2.0-0
    .venv/bin/python -c 'import cv2'
fi
