#!/usr/bin/env bash
# libkiln.so ($1) exports exactly the names of exports.map ($2), and needs nothing but small C libraries.
set -euo pipefail
diff <(grep -o 'cl[A-Za-z]*;' "$2" | tr -d ';' | sort) <(nm -D --defined-only "$1" | awk '{print $3}' | grep -v '^__' | sort)
if readelf -d "$1" | grep NEEDED | grep -Evq 'lib(c|m|mpack|gcc_s|pthread|dl)\.so|ld-linux'; then
    readelf -d "$1" | grep NEEDED
    exit 1
fi
