#!/bin/sh
# A program as the Khronos suite's are: lists its subtests, runs those named, and writes their results.
name=
for word; do
    case $word in
    --list)
        printf 'Initializing random seed to 0.\n\tcrashes\n\tfails\n\thangs\n\tpasses\n\tskips\n'
        exit 0 ;;
    --wimpy) echo wimpy ;;
    -*) echo "option $word" ;;
    *) [ "$name" ] && echo "word $word" || name=$word ;;
    esac
done
write() { printf '{ "cmd": "fake", "args": "", "results": { "%s": "%s" } }\n' "$name" "$1" >"$CL_CONFORMANCE_RESULTS_FILENAME"; }
case $name in
passes) write pass ;;
skips) write skip ;;
fails) write fail; exit 1 ;;
crashes) kill -SEGV $$ ;;
hangs) sleep 600 ;; # a child of its own: it must end too
*) exit 1 ;;
esac
