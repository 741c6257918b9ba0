# shellcheck shell=bash
# `./kiln test`: sourced by kiln. Two builds: with sanitizers, where programs of others are left out (they would need the
# sanitizer's runtime preloaded), and the one that users get, where everything runs. ctest's summary comes last.

# The best CPU level of this machine: the sanitizer build needs no other.
cpu_level() {
    local level
    for level in x86-64-v4 x86-64-v3; do
        /lib64/ld-linux-x86-64.so.2 --help | grep -q "$level (supported" && echo "$level" && return
    done
    echo x86-64
}

# `./kiln test --threads`: with ThreadSanitizer. What runs in one thread and takes long is left out.
test_threads() {
    local folder=$build/threads
    install_packages "${packages_build[@]}" "${packages_run[@]}" "${packages_test[@]}"
    configure "$folder" KILN_TESTS=ON KILN_SANITIZE=thread "KILN_SOFTGPU_VARIANTS=$(cpu_level)"
    compile "$folder" all
    say "tests with ThreadSanitizer"
    TSAN_OPTIONS="suppressions=$top/tests/tsan.supp:print_suppressions=0" \
        ctest --test-dir "$folder" --output-on-failure -LE 'house|app' -E '^(isa|interpreter|builtins)_' "$@"
}

# `./kiln check NAME`: the tests that match, in the build that users get.
test_matching() {
    install_packages "${packages_build[@]}" "${packages_run[@]}" "${packages_test[@]}"
    configure "$build" KILN_TESTS=ON
    compile "$build" all
    ctest --test-dir "$build" --output-on-failure --no-tests=error -R "$@"
}

test_all() {
    local failed=0 sanitized=$build/sanitized
    install_packages "${packages_build[@]}" "${packages_run[@]}" "${packages_test[@]}"
    configure "$sanitized" KILN_TESTS=ON KILN_SANITIZE=address,undefined "KILN_SOFTGPU_VARIANTS=$(cpu_level)"
    configure "$build" KILN_TESTS=ON
    compile "$sanitized" all
    compile "$build" all

    say "tests with AddressSanitizer and UndefinedBehaviorSanitizer"
    # Whose an allocation is, shows only when the stack is unwound through libraries without frame pointers.
    ASAN_OPTIONS=fast_unwind_on_malloc=0 LSAN_OPTIONS="suppressions=$top/tests/lsan.supp:print_suppressions=0" \
        ctest --test-dir "$sanitized" --output-on-failure -LE 'house|app' "$@" || failed=1
    say "tests"
    ctest --test-dir "$build" --output-on-failure "$@" || failed=1
    [ "$failed" = 0 ] || say "tests failed: see above"
    return "$failed"
}
