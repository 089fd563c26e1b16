#!/usr/bin/env python3
"""Talk to a Duologue hub from a terminal.

    pip install websockets pynacl        (Python 3.10 or newer)
    python3 docs/client.py ws://127.0.0.1:8080/ws [--link=LINK]

When the turn is yours, it reads one line from standard input and says it. At the end of the input (Ctrl-D) it gives
the seat up: its key is new in every run and kept nowhere, so nobody could come back. When something that it is shown
does not hold, it says so and stops. talk.py checks, duologue.py has the cryptography; PROTOCOL.md explains both.
"""
import argparse, json, os, re, sys
import websockets.sync.client
from duologue import MAX_TEXT_BYTES, Doubt, Seat, to_bytes
from talk import Talk, hello

parser = argparse.ArgumentParser(description="Talk to a Duologue hub from a terminal.")
parser.add_argument("url", help="for example ws://127.0.0.1:8080/ws")
parser.add_argument("--link", default="table#", help="a conversation's, as --link=ROOM#SECRET [default: the table]")
options = parser.parse_args()
room, _, secret = options.link.rpartition("/")[2].partition("#")
link = to_bytes(secret)
if room != "table" and len(link) != 32:
    parser.error("a link ends in ROOM#SECRET")
me, talk, head = Seat(os.urandom(32)), None, 0  # Whoever holds `me` is the person in the seat.
line, id, asked = None, None, None  # What is to be said, its name, and the frame that has no answer yet.


def show(entry):
    words = talk.take(entry)
    if words is False:
        print(f"Seat {entry['seat']} said something that cannot be read here.", flush=True)
    elif words is not None and entry["seat"] != talk.seat:
        # A stranger's control characters would command this terminal.
        print(f"Seat {entry['seat']}:", re.sub(r"[^\n -~\xa0-\U0010ffff]", "?", words), flush=True)
    match entry["event"]:
        case {"type": "propose", "change": change} if entry["seat"] != talk.seat:
            [(what, to)] = change.items()  # It stands until somebody answers; this client does not.
            print(f"Seat {entry['seat']} proposes another {what}: {to}.", flush=True)


def read_line():
    print("Your turn:", flush=True)
    while len((typed := sys.stdin.readline()).rstrip().encode()) > MAX_TEXT_BYTES:
        print("That is too long. Your turn:", flush=True)
    return typed


try:
    # The library answers the hub's pings by itself.
    with websockets.sync.client.connect(options.url, subprotocols=["duologue.v1"]) as socket:
        for frame in map(json.loads, socket):
            match frame:
                case {"type": "challenge", "nonce": nonce}:
                    socket.send(json.dumps(hello(me, link, room, to_bytes(nonce))))
                case {"type": "welcome", "seat": seat, "head": head}:
                    talk = Talk(me, link, room, frame)
                    print(f"You have seat {seat}.", flush=True)
                case {"type": "entries", "entries": entries}:  # What happened before, up to head.
                    for entry in entries: show(entry)
                case {"type": "entry"}: show(frame)
                case {"type": "stored"} if asked:
                    talk.take(talk.stored(asked, frame))
                    line = asked = None
                case {"type": "rejected", "code": "behind", "head": head}: asked = None  # Read up to there, sign again.
                case {"type": "rejected", "code": code}: sys.exit(f"The hub refused: {code.replace('_', ' ')}.")
            # Frames of other types are ignored: a later hub may send new ones.
            if talk is None or asked or talk.seq < head or not talk.is_open_to(talk.seat):
                continue
            if line is None and talk.body_key():  # At the table it waits until both sit.
                line, id = read_line(), os.urandom(16)  # One line is one turn.
            if line == "":
                asked = talk.ask({"type": "leave", "reason": "asked"})
            elif line and talk.body_key():
                asked = talk.say(id, line.rstrip())
            if asked:
                socket.send(json.dumps(asked))
except Doubt as doubt:
    sys.exit(f"This does not hold: {doubt}. Nothing more is believed or said here.")
except (LookupError, TypeError, ValueError) as odd:
    sys.exit(f"The hub sent what is no frame of duologue.v1: {odd!r}.")
except (OSError, websockets.WebSocketException) as end:
    sys.exit(None if line == "" else f"No connection (any more): {end}.")
