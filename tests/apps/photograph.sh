#!/usr/bin/env bash
# Unpacks Debian's package fitspng, whose documentation holds a photograph, into the folder $1. It is not installed: many
# machines leave out /usr/share/doc.
set -euo pipefail
[ -d "$1/usr" ] && exit
mkdir -p "$1"
cd "$1"
apt-get -q download fitspng
dpkg-deb -x fitspng_*.deb .
