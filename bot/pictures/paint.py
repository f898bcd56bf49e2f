"""Paint SVG to PNG, as a program of its own that `bot.drawing` starts: requests on stdin, answers on stdout.

It imports nothing of ours, so that the process stays small. A frame is four bytes of length and that many
bytes; an answer starts with one byte more: 0 for a PNG, 1 for the words of an error. It ends with its input.
"""

import struct
import sys

import resvg_py


def paint(svg: str, font: str) -> bytes:
    """Return the PNG of an SVG, drawn with one font and none of the system's: the same everywhere."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            font_files=[font],
            skip_system_fonts=True,
            font_family="Noto Sans SC",
            background="#ffffff",
        )
    )


def main(font: str) -> None:
    """Answer every request until there are no more."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(header := requests.read(4)) == 4:
        (length,) = struct.unpack(">I", header)
        try:
            status, body = 0, paint(requests.read(length).decode(), font)
        except ValueError as error:
            status, body = 1, str(error).encode()
        answers.write(struct.pack(">BI", status, len(body)) + body)
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
