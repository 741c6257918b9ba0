#!/usr/bin/env bash
# `./kiln help` tells every option of base/config.def, with its values and default.
set -euo pipefail
cd "$1"
while read -r name; do
    ./kiln help | grep -qE "^  $name( \(.*; default .+\)|)$" || { echo "./kiln help does not tell $name" >&2 && exit 1; }
done < <(grep -v '^//' base/config.def | grep -o '"KILN_[A-Z_]*"' | tr -d '"')
