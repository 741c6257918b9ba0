#!/usr/bin/env bash
# usage: install.sh BUILD SELFCHECK. Installs BUILD into a temporary prefix and runs SELFCHECK on what is there.
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

KILN_ICD_DIR=$prefix/vendors cmake --install "$1" --prefix "$prefix/usr" >"$prefix/log" || { cat "$prefix/log"; exit 1; }
library=$(cat "$prefix/vendors/kiln.icd")
[ "${library#"$prefix"/usr/}" != "$library" ] && [ -f "$library" ]
"$prefix/usr/bin/kilnc" --version

# The build tree out of reach would be a better proof; that the driver loads nothing from there is the next best.
env -u KILN_LIBDIR OCL_ICD_VENDORS="$prefix/vendors" LD_DEBUG=files LD_DEBUG_OUTPUT="$prefix/loaded" "$2"
if grep -h 'calling init' "$prefix"/loaded.* | grep -F "$1/lib/"; then
    echo "install.sh: the libraries above were loaded from the build tree" >&2
    exit 1
fi
