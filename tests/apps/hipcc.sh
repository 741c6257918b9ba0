#!/usr/bin/env bash
# usage: hipcc.sh KILN_RUN. A program of Debian's hipcc, and hipRAND, unmodified, on the software GPU. Exits with 77
# (skipped) where hipcc, libamdhip64-dev or libhiprand-dev is not installed.
set -euo pipefail
sources=$(dirname "$(readlink -f "$0")")
command -v hipcc >/dev/null && [ -e /usr/include/hiprand/hiprand.h ] || { echo "hipcc.sh: no hipcc or hipRAND" && exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
hipcc --offload-arch=gfx1030 -w -O2 "$sources/hipcc.cpp" -o "$folder/program" -lhiprand
"$1" "$folder/program"
