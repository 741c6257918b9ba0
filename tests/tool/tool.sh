#!/usr/bin/env bash
# usage: tool.sh KILNC LOAD MANUAL: tries the command in a folder of its own; LOAD runs what it made.
set -euo pipefail
kilnc=$1 load=$2 manual=$3
modules=$(realpath "$(dirname "$0")/../spirv/lines.sh")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

die() { echo "tool.sh: $*" >&2; exit 1; }
# refused STATUS WORDS ARGUMENT…: kilnc ends with this status and says these words.
refused() {
    local status=0
    "$kilnc" "${@:3}" >out 2>&1 || status=$?
    [ "$status" = "$1" ] || die "status $status instead of $1: kilnc ${*:3}: $(cat out)"
    grep -qF -- "$2" out || die "no '$2': kilnc ${*:3}: $(cat out)"
}

cat >whole.cl <<'EOF'
#include "seven.h"
kernel void k(global int *a) { a[0] += SEVEN; }
EOF
mkdir include && echo '#define SEVEN 7' >include/seven.h
echo 'int seven(void) { return 7; }' >seven.cl
echo 'int seven(void); kernel void k(global int *a) { a[0] += seven(); }' >user.cl

# One source, and each form of the output.
"$kilnc" whole.cl -I include -o whole.kiln
"$kilnc" -Iinclude whole.cl --device gfx1030 --emit co && file_start=$(head -c4 whole.co | tail -c3) && [ "$file_start" = ELF ]
"$kilnc" -Iinclude whole.cl --emit asm && grep -q s_endpgm whole.s
"$kilnc" -Iinclude whole.cl --emit llvm -o - | grep -q 'define.*amdgpu_kernel void @k'
"$kilnc" -D SEVEN=7 -cl-std=CL3.0 -O0 -o stdin.kiln - < <(tail -1 whole.cl)

# Separate compilation.
"$kilnc" --compile seven.cl && "$kilnc" --compile user.cl -o user.obj
"$kilnc" --library seven.o
"$kilnc" --link user.obj seven.lib -o linked.kiln
"$load" whole.kiln whole.co stdin.kiln linked.kiln

# Line tables, of the program's own file, optimised or not; programs with them run as others do.
"$kilnc" -g whole.cl -Iinclude -o debug.kiln && "$kilnc" -g -O0 whole.cl -Iinclude -o debug0.kiln
"$load" debug.kiln debug0.kiln
for level in -O0 -O3; do
    "$kilnc" -g $level whole.cl -Iinclude --emit co
    llvm-dwarfdump-22 --verify whole.co >/dev/null
    llvm-dwarfdump-22 --debug-info whole.co | grep -q 'DW_AT_name.*"whole.cl"'
    llvm-dwarfdump-22 --debug-line whole.co >lines
    grep -q 'name: "whole.cl"' lines && grep -Eq '^0x[0-9a-f]+ +2 ' lines || die "no line 2: $(cat lines)"
done

# SPIR-V tells of lines in three ways.
for form in line:2001 opencl:1001 shader:2001; do
    name=${form%:*}
    "$modules" $name >$name.spvasm
    spirv-as --target-env spv1.3 $name.spvasm -o $name.spv
    for level in -O0 -O3; do
        "$kilnc" -g $level $name.spv -o $name$level.kiln
        "$kilnc" -g $level $name.spv --emit co
        llvm-dwarfdump-22 --verify $name.co >/dev/null
        llvm-dwarfdump-22 --debug-line $name.co >lines
        llvm-dwarfdump-22 --debug-info $name.co >info
        for line in ${form#*:} 2002; do
            grep -Eq "^0x[0-9a-f]+ +$line " lines || die "$name.spv, $level: no line $line: $(cat lines)"
        done
        case $name in
        line) grep -q 'name: "told.h"' lines || die "no second file: $(cat lines)" ;;
        *) grep -q 'DW_AT_name.*"k_in_source"' info || die "$name.spv, $level: not the source's name: $(cat info)" ;;
        esac
        [ $name != opencl ] || grep -q 'DW_AT_call_line.*(2001)' info || die "nothing is inlined: $(cat info)"
    done
    "$kilnc" $name.spv --emit asm && ! grep -F .loc $name.s || die "lines that nobody asked for"
done
"$load" {line,opencl,shader}-O{0,3}.kiln
sed 's/%y = OpIAdd/%y = OpFAdd/' line.spvasm >wrong.spvasm && spirv-as --target-env spv1.3 wrong.spvasm -o wrong.spv
refused 1 "(told.cl:2001)" wrong.spv

# Atomics are the processor's own instructions up to the device's scope. Across the host they loop: PCI Express has few.
for type in int uint long ulong; do
    for operation in or and xor sub min max; do
        case $type in *int) old=atomic_$operation ;; *) old=atom_$operation ;; esac
        for space in global local; do
            echo "kernel void old_${type}_${operation}_$space($space $type *p, $type x) { $old(p, x); }"
        done >>old_atomics.cl
        echo "kernel void ${type}_$operation(volatile global atomic_$type *p, local atomic_$type *q, $type x)
              { atomic_fetch_${operation}_explicit(p, x, memory_order_acq_rel, SCOPE);
                atomic_fetch_${operation}_explicit((atomic_$type *)(x ? (atomic_$type *)p : q), x, memory_order_seq_cst, SCOPE); }" >>atomics.cl
    done
done
"$kilnc" old_atomics.cl --emit asm -o - >native.s
for scope in work_group device; do
    "$kilnc" atomics.cl -cl-std=CL3.0 -DSCOPE=memory_scope_$scope --emit asm -o - >>native.s
done
! grep cmpswap native.s || die "a loop instead of an atomic instruction"
"$kilnc" atomics.cl -cl-std=CL3.0 -DSCOPE=memory_scope_all_svm_devices --emit asm -o system.s
for width in 'cmpswap v' cmpswap_x2; do # 12 kernels each, and each has two
    [ "$(grep -Ec "(flat|global)_atomic_$width" system.s)" = 24 ] || die "no loop of $width: $(grep cmpswap system.s)"
done

# Kernels encode what they write to sRGB images, whatever their waves have: GFX10's texture units do not. GFX9's descriptors are others.
for size in 32 64; do
    echo "__attribute__((intel_reqd_sub_group_size($size))) kernel void k(write_only image2d_t to, float4 color)
          { write_imagef(to, (int2)(0, 0), color); }" >srgb$size.cl
    "$kilnc" srgb$size.cl -cl-std=CL3.0 --emit asm
    [ "$(grep -c v_exp_f32 srgb$size.s)" -ge 3 ] || die "waves of $size do not encode sRGB"
done
"$kilnc" srgb64.cl -cl-std=CL3.0 --device gfx906 --emit asm
! grep v_exp_f32 srgb64.s || die "GFX9 got images of GFX10"

# What a kernel uses of registers, alone and in rows.
while read -r register type counts; do
    echo "kernel void k($type x) { __asm volatile(\"\" :: \"{$register}\"(x)); }" >registers.cl
    for device in gfx1030 gfx906; do
        "$kilnc" registers.cl --device $device --emit asm
        for count in $counts; do
            grep -q "\.set .*k\.num[a-z_]*_${count%:*}, ${count#*:}$" registers.s ||
                die "$register on $device: not $count: $(grep -F '.set k.num' registers.s)"
        done
    done
done <<END
v0 int vgpr:1
v[100:103] int4 vgpr:104
v255 int vgpr:256
s[40:43] int4 vgpr:0 sgpr:44
END

# Declarations tell what processor they are for, as all functions do: LLVM would make another target's description.
echo 'kernel void k(global float *p) { p[get_global_id(0)] = sin(p[get_local_id(1)]); }' >declared.cl
"$kilnc" declared.cl --emit llvm
grep '^declare' declared.ll | sed 's/.*\(#[0-9]*\)$/attributes \1 =/' | sort -u >attributes
[ -s attributes ] || die "nothing is declared"
while read -r attributes; do
    grep -F "$attributes" declared.ll | grep -q '"target-cpu"="gfx1030".*"target-features"=' || die "$attributes: no processor"
done <attributes

# Errors.
refused 1 "undefined symbol 'seven'" --link user.obj -o none
refused 1 "whole.cl:1:10: fatal error: 'seven.h' file not found" whole.cl
refused 1 "see kilnc --list-devices" -Iinclude --device gfx9999 whole.cl
refused 1 "see kilnc --list-devices" -Iinclude --device gfx1030:xnack+ whole.cl
refused 2 "unknown option '-nonsense'" -nonsense whole.cl
refused 2 "unknown option --nonsense" --nonsense whole.cl
refused 2 "unknown kind of output: nonsense" --emit nonsense whole.cl
refused 2 "no form asm" --compile --emit asm seven.cl
refused 2 "a value is missing after -o" whole.cl -o
refused 2 "no input" -w
refused 2 "one source at a time" whole.cl user.cl
refused 2 "not also --link" --library --link user.obj
refused 2 "No such file" missing.cl
refused 2 "neither an object nor a library" --link whole.kiln
truncate -s -1 user.obj
refused 2 "or damaged: user.obj" --link user.obj

# Every device: a kernel with builtins, local memory and a call.
cat >each.cl <<'EOF'
__attribute__((noinline)) float twice(float x) { return x * 2.0f; }
kernel void k(global float *p, global int *q, local int *l)
{
    size_t i = get_global_id(0);
    l[get_local_id(0)] = q[i];
    barrier(CLK_LOCAL_MEM_FENCE);
    p[i] = sin(p[i]) + pow(p[i], 2.5f) + twice(erf(p[i])) + vload4(i, p).y + half_exp(p[i]);
    q[i] = mul_hi(q[i], l[0]) + popcount(q[i]) + atomic_add(&q[0], 1) + convert_int_sat_rte(p[i]);
}
EOF
devices=$("$kilnc" --list-devices | sed 's/\[.*//')
for device in gfx900 gfx906 gfx90a gfx1010 gfx1030 gfx1036; do
    grep -qx "$device" <<<"$devices" || die "$device is not among the devices"
done
for device in $devices gfx90a:sramecc+:xnack- gfx1010:xnack+; do
    "$kilnc" --device "$device" each.cl --emit asm -o each.s
    grep -q "amdhsa--$device" each.s || die "$device is not what $device's assembly is for"
done

# Each option is explained in both places, and nothing that is not there.
"$kilnc" --help >help
[ "$(grep -o -- '--[a-z-]*' help | sort -u)" = "$(sed 's/\\-/-/g' "$manual" | grep -o -- '--[a-z][a-z-]*' | sort -u)" ] ||
    die "--help and $manual tell of different options"
"$kilnc" --version | grep -q '^kilnc [0-9.]* (LLVM '
