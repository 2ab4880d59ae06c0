#!/bin/sh
# Make a project with the sample data imported, unless there is one.
# Usage: sample_project.sh FOLDER
set -eu
project=${1%/}
[ ! -e "$project/project.sqlite" ] || exit 0

if [ -d "$project" ] && ! rmdir "$project" 2>/dev/null; then
    echo "$project is not empty and holds no project. Name another: make run PROJECT=..." >&2
    exit 1
fi

# Made aside and renamed, so that a project is whole or not there. One cut short is gone on
# with at the next try: importing again adds nothing twice.
echo "Making $project with the sample faces"
.venv/bin/curator init "$project.unfinished" --sample >/dev/null
mv "$project.unfinished" "$project"
