#!/usr/bin/env bash
# Unmodified hashcat (Debian's) finds a known five-letter word on Kiln: MD5, SHA-1, SHA-256.
# usage: hashcat.sh MODE, one of hashcat's: 0, 100, 1400. OCL_ICD_VENDORS names Kiln.
set -euo pipefail
word=kilns
case $1 in
0) hash=$(printf %s "$word" | md5sum) ;;
100) hash=$(printf %s "$word" | sha1sum) ;;
1400) hash=$(printf %s "$word" | sha256sum) ;;
*) echo "hashcat.sh: unknown mode $1" >&2 && exit 2 ;;
esac
hash=${hash%% *}

# hashcat keeps its sessions and compiled kernels in the home folder: a fresh one makes every run a first run.
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME=$home XDG_DATA_HOME=$home/data XDG_CACHE_HOME=$home/cache

hashcat -m "$1" -a 3 -D 1,2,3 --force --potfile-disable --outfile "$home/found" "$hash" '?l?l?l?l?l'
grep -q "^$hash:$word\$" "$home/found"
