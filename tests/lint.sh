#!/usr/bin/env bash
# clang-tidy finds nothing in any source that the build folder ($1) compiles. One compile command a file is enough: the
# software GPU is compiled once per CPU level.
set -euo pipefail
database=$(mktemp -d)
trap 'rm -rf "$database"' EXIT
/usr/bin/python3 - "$1/compile_commands.json" "$database/compile_commands.json" <<'PYTHON'
import json, sys
commands = {command["file"]: command for command in json.load(open(sys.argv[1]))}
json.dump(list(commands.values()), open(sys.argv[2], "w"))
PYTHON
git ls-files -z '*.c' | xargs -0 -n 4 -P "$(nproc)" clang-tidy-22 -p "$database" --quiet
