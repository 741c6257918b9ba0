#!/usr/bin/env bash
# clang-tidy finds nothing in any source that the build folder ($1) compiles. One compile command a file is enough: the
# software GPU is compiled once per CPU level. C++ goes without the static analyzer, which loses its way in LLVM's classes.
set -euo pipefail
database=$(mktemp -d)
trap 'rm -rf "$database"' EXIT
/usr/bin/python3 - "$1/compile_commands.json" "$database" <<'PYTHON'
import json, pathlib, sys
folder = pathlib.Path(sys.argv[2])
commands = {command["file"]: command for command in json.load(open(sys.argv[1]))}
(folder / "compile_commands.json").write_text(json.dumps(list(commands.values())))
for suffix in ".c", ".cpp":
    (folder / f"files{suffix}").write_text("\0".join(sorted(file for file in commands if file.endswith(suffix))))
PYTHON
lint() { xargs -0 -n 4 -P "$(nproc)" clang-tidy-22 -p "$database" --quiet "$@"; }
lint <"$database/files.c"
lint --checks='-clang-analyzer-*' <"$database/files.cpp"
