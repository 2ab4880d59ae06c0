#!/bin/sh
# Install into .venv what a lock names and .venv lacks.
# Usage: install_lock.sh LOCK WHAT
set -eu
echo "Installing $2"
[ -t 1 ] && quiet= || quiet=--quiet # a person wants to see that it goes on, a log does not

# A lock is complete, so that nothing is left to resolve.
.venv/bin/pip install $quiet --disable-pip-version-check \
    --require-hashes --no-deps --no-compile -r "$1"

# On all cores at once, which pip does not. Some packages bring templates and files for other
# Pythons: that these do not compile is neither news nor an error.
.venv/bin/python -m compileall -qq -j 0 .venv/lib || :
