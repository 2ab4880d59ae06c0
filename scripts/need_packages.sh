#!/bin/sh
# Install Debian packages where that is allowed, or else say which ones to install.
# Usage: need_packages.sh REASON PACKAGE...
set -u
reason=$1
shift

if [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    as_root=none
fi

if [ "$as_root" != none ] && command -v apt-get >/dev/null; then
    echo "$reason: installing $*" >&2
    # A broken list of some other source is no reason to give up, so update may fail.
    $as_root apt-get -qq update
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends "$@" </dev/null >/dev/null && exit 0
fi

echo >&2
echo "$reason. On Debian and Ubuntu, install with this, then try again:" >&2
echo "    sudo apt-get install $*" >&2
exit 1
