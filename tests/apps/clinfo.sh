#!/usr/bin/env bash
# clinfo lists one platform and its device, asks every query it knows, and reports no error among the answers.
set -euo pipefail
text=$(clinfo)
grep -q '^Number of platforms  *1$' <<<"$text"
grep -q 'Platform Name  *Kiln$' <<<"$text"
grep -q 'Device Version  *OpenCL 3.1' <<<"$text"
if grep -E '<(print|get|error)[^>]*>|error -?[0-9]+' <<<"$text"; then
    echo "clinfo.sh: the answers above are errors" >&2
    exit 1
fi
