#!/usr/bin/env bash
# usage: openmp.sh KILN_RUN. Debian's clang 16 and OpenMP runtime, unmodified, offload to the software GPU. Exits with 77
# (skipped) where clang-16, clang-tools-16, llvm-16, lld-16 or libomp-16-dev is not installed: they take 300 MB.
set -euo pipefail
sources=$(dirname "$(readlink -f "$0")")
llvm=/usr/lib/llvm-16
for file in bin/clang bin/clang-offload-packager bin/llvm-link bin/lld lib/libomptarget.so; do
    [ -e "$llvm/$file" ] || { echo "openmp.sh: no $llvm/$file" && exit 77; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
PATH=$llvm/bin:$PATH clang-16 -w -O2 -fopenmp --offload-arch=gfx1030 \
    --rocm-device-lib-path=/usr/lib/x86_64-linux-gnu/amdgcn/bitcode "$sources/openmp.c" -o "$folder/openmp"
LD_LIBRARY_PATH=$llvm/lib OMP_TARGET_OFFLOAD=MANDATORY "$1" "$folder/openmp"
