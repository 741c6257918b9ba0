#!/usr/bin/env bash
# usage: install.sh BUILD SELFCHECK. Installs BUILD into a temporary prefix and runs SELFCHECK on what is there.
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

install() { cmake --install "$@" >"$prefix/log" || { cat "$prefix/log"; exit 1; }; }

# Where the system's loader looks, as a package is made.
DESTDIR=$prefix/package install "$1" --prefix /usr
library=$(cat "$prefix/package/etc/OpenCL/vendors/kiln.icd")
[ "${library#/usr/}" != "$library" ] && [ -f "$prefix/package$library" ]

# A trial: nothing outside its prefix.
install "$1" --prefix "$prefix/trial"
vendors=$prefix/trial/etc/OpenCL/vendors
library=$(cat "$vendors/kiln.icd")
[ "${library#"$prefix"/trial/}" != "$library" ] && [ -f "$library" ]
"$prefix/trial/bin/kilnc" --version
folder=$(KILN_DEVICE=soft "$prefix/trial/bin/kiln-run" printenv LD_LIBRARY_PATH)
[ "${folder#"$prefix"/trial/}" != "$folder" ] && [ -f "${folder%%:*}/libhsakmt.so.1" ]

# The build tree out of reach would be a better proof; that the driver loads nothing from there is the next best.
env -u KILN_LIBDIR OCL_ICD_VENDORS="$vendors" LD_DEBUG=files LD_DEBUG_OUTPUT="$prefix/loaded" "$2"
# The compiler's workers see the self-check go and follow it; until then they, too, write to $prefix.
while grep -qF -e "$prefix/" -e "$2" < <(readlink /proc/[0-9]*/exe); do sleep 0.1; done
if grep -h 'calling init' "$prefix"/loaded.* | grep -F "$1/lib/"; then
    echo "install.sh: the libraries above were loaded from the build tree" >&2
    exit 1
fi
