#!/usr/bin/env python3
"""Talk to a Duologue hub from a terminal.

    pip install websockets pynacl        (Python 3.10 or newer)
    python3 docs/client.py ws://127.0.0.1:8080/ws [--room=ROOM]

When the turn is yours, it reads one line from standard input and says it. At the end of the input (Ctrl-D) it gives
the seat up: its key is new in every run and kept nowhere, so nobody could come back. PROTOCOL.md explains the rest.
"""
import argparse, base64, json, os, re, sys
import nacl.signing, websockets.sync.client

# Bytes are unpadded base64url in every frame.
to_text = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
to_bytes = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

parser = argparse.ArgumentParser(description="Talk to a Duologue hub from a terminal.")
parser.add_argument("url", help="for example ws://127.0.0.1:8080/ws")
parser.add_argument("--room", default="table", help="a conversation's 22 characters, as --room=ROOM [default: table]")
options = parser.parse_args()
# Whoever holds the key is the person in the seat.
key, seat, holder, seen, head, line = nacl.signing.SigningKey.generate(), None, 0, 0, 0, None
try:
    # The library answers the hub's pings by itself.
    with websockets.sync.client.connect(options.url, subprotocols=["duologue.v1"]) as socket:
        send = lambda **frame: socket.send(json.dumps(frame))
        for frame in map(json.loads, socket):
            match frame:
                case {"type": "challenge", "nonce": nonce}:  # Signing it proves, here and now, that the key is mine.
                    mine, room = bytes(key.verify_key), options.room
                    proof = key.sign(b"duologue.v1 hello\0" + to_bytes(nonce) + mine + room.encode()).signature
                    send(type="hello", room=room, seat_key=to_text(mine), proof=to_text(proof))
                case {"type": "welcome", "seat": seat, "head": head, "floor": {"turn": turn, "holder": holder}}:
                    print(f"You have seat {seat}.", flush=True)
                case {"type": "entries" | "entry"}:  # Pages of what happened before, up to head; then what happens now.
                    for entry in frame.get("entries", [frame]):
                        seen = entry["seq"]
                        if entry["event"]["type"] == "say" and entry["seat"] != seat:
                            words = to_bytes(entry["event"]["sealed"]).decode(errors="replace")
                            # A stranger's control characters would command this terminal.
                            print(f"Seat {entry['seat']}:", re.sub(r"[^\n -~\xa0-\U0010ffff]", "?", words), flush=True)
                case {"type": "turn", "turn": turn, "holder": holder}: pass  # It follows the entry that moved it.
                case {"type": "rejected", "code": code}: sys.exit(f"The hub refused: {code.replace('_', ' ')}.")
            # Frames of other types are ignored: a later hub may send new ones.
            if holder == seat and seen >= head:
                print("Your turn:", flush=True)
                line, holder = sys.stdin.readline(), 0  # One line is one turn. The hub will say who holds the next.
                # The id is for sending again: the hub answers a repeat as it answered the first.
                say = dict(id=to_text(os.urandom(16)), turn=turn, end_turn=True, sealed=to_text(line.rstrip().encode()))
                send(type="say", **say) if line else send(type="leave")
except (OSError, websockets.WebSocketException) as end:
    sys.exit(None if line == "" else f"No connection (any more): {end}.")
