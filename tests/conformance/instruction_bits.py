#!/usr/bin/python3
"""conformance/programs/instruction_bits.c on the software GPU: it records all instructions that standing.def calls bounded, and tells
records apart.

usage: instruction_bits.py PROGRAM STANDING_DEF
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

PROGRAM, STANDING = sys.argv[1:]
# Of v_sqrt_f16, whose argument 0x4400, which is 4, gives 2.
CHANGED, ARGUMENT, RIGHT, WRONG = "v_sqrt_f16", 0x4400, 0x4000, 0x4003


def run(*words, status):
    done = subprocess.run([PROGRAM, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != status:
        sys.exit(f"{words}: exit status {done.returncode}, not {status}\n{done.stdout}")
    return done.stdout


def digest(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def rows(table):
    """The table's cells, by instruction."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| v_")]
    return {row[0]: row[1:] for row in cells}


def expect(condition, what, output):
    if not condition:
        sys.exit(f"{what}\n{output}")


def changed(record, with_digest):
    """The record with one result that is another, and if so, with a digest that fits."""
    header, data = record.split(b"\n\n", 1)
    names = re.findall(rb"^(v_\w+) arguments", header, re.M)
    first = names.index(CHANGED.encode()) * 2 * 65536  # f16's come first
    place = first + 2 * ARGUMENT
    expect(struct.unpack_from("<H", data, place)[0] == RIGHT, "the root of 4 is not 2", header)
    data = data[:place] + struct.pack("<H", WRONG) + data[place + 2:]
    if with_digest:
        line = f"results {digest(data[first:first + 2 * 65536]):016x}".encode()
        header = re.sub(rb"(?<=^" + CHANGED.encode() + rb" arguments \w{16} )results \w{16}", line, header, flags=re.M)
    return header + b"\n\n" + data


def main():
    bounded = set(re.findall(r"^BOUNDED\(\w+, (\w+),", pathlib.Path(STANDING).read_text(), re.M))
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, damaged = (pathlib.Path(folder) / name for name in ("ours", "theirs", "damaged"))
        run("record", ours, status=0)
        same = run("compare", ours, ours, status=0)
        expect(set(rows(same)) == bounded, "not the instructions of standing.def", same)
        expect(all(row[1:] == ["0", "0", "0", "0", "none"] for row in rows(same).values()), "a record differs from itself", same)

        record = ours.read_bytes()
        theirs.write_bytes(changed(record, with_digest=True))
        other = rows(run("compare", ours, theirs, status=1))
        first = f"{ARGUMENT:x}: {RIGHT:x}, {WRONG:x};"
        expect(other.pop(CHANGED) == ["65536", "1", "0", "0", "3", first], "not the one that was changed", other)
        expect(all(row[1] == "0" for row in other.values()), "others than the one that was changed", other)

        damaged.write_bytes(changed(record, with_digest=False))
        expect("damaged" in run("compare", ours, damaged, status=2), "a damaged record is taken", "")
        damaged.write_bytes(record[:-1])
        expect("ends early" in run("compare", ours, damaged, status=2), "half a record is taken", "")
        run("record", ours, "no such device", status=2)


main()
