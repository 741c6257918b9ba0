#!/usr/bin/env bash
# Little address space, as batch systems set it: no device, and one line that says why; where there is enough, a device.
set -euo pipefail
for limit in 200000 500000 1000000 1200000 1400000; do
    said=$(ulimit -v "$limit" && KILN_LOG=info clinfo -l 2>&1)
    if [ "$(grep -c 'no device: .* MB of address space, and the limit' <<<"$said")" != 1 ] || grep -q 'Device #' <<<"$said"; then
        echo "address_space.sh: with $limit KB: $said" >&2
        exit 1
    fi
done
said=$(ulimit -v 3000000 && clinfo -l)
grep -q 'Device #' <<<"$said"
