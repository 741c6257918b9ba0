#!/usr/bin/env bash
# Every C and C++ file is as clang-format would write it.
set -euo pipefail
git ls-files -z '*.c' '*.h' '*.cc' '*.cpp' | xargs -0 clang-format-22 --dry-run -Werror
