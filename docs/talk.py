"""What a room's entries add up to, and whether each can be believed. PROTOCOL.md explains the rules."""
import os

from duologue import (
    Doubt, body_info, content, derive, entry_hash, genesis, has_signed, invite_secret, is_sound, proof_bytes, public_key,
    scope_bytes, seal, signed_bytes, to_bytes, to_text, unseal, vouch, vouches)


def hello(me, link, room, nonce):
    """The answer to a challenge, of a newcomer. `link` is a conversation's secret; at the table there is none."""
    sit = {"type": "sit", "key": to_text(me.key)} | ({"invite": vouch(link, room, me.key)} if link else {})
    frame = {"room": room, "seat_key": sit["key"], "proof": me.sign(proof_bytes(nonce, me.key, room))}
    frame |= {"sig": me.sign(signed_bytes(room, b"", b"", 0, sit))}
    frame = {name: to_text(value) if isinstance(value, bytes) else value for name, value in frame.items()}
    return {"type": "hello"} | frame | {name: sit[name] for name in sit if name == "invite"}


BACK_TO_SERVER = {"store": "server"}


class Talk:
    """A room as somebody who sits in it knows it. It takes in nothing that does not hold."""

    def __init__(self, me, link, room, welcome):
        outset, self.me, self.link, self.room, self.seat = welcome["outset"], me, link, room, welcome["seat"]
        self.scope, self.hash = scope_bytes(room, welcome["epoch"]), to_bytes(outset["hash"])
        self.seq = self.generation = outset["seq"]
        self.turn, self.holder, self.said = (outset["floor"][name] for name in ("turn", "holder", "said"))
        self.mode, self.pace, self.proposed = outset["floor"]["mode"], outset["floor"]["pace"], {1: None, 2: None}
        self.store = "pages" if "direct_only" in outset["floor"] else "server"
        if (self.mode, self.pace, self.store) != ("strict", self.usual_pace(), "server"):
            raise Doubt("something is agreed where the talk begins")
        self.keys, self.spoke, self.ids = {1: None, 2: None}, {1: False, 2: False}, set()
        self.standing, self.inviter, self.open = None, None, True  # The link that stands, by its public key.
        if self.seq == 0:
            told = self.hash, self.turn, self.holder, self.said, "peer" in outset
            if told != (genesis(self.scope), 1, 1, 0, False):
                raise Doubt("the talk does not begin where it should")
        else:
            peer, other = outset["peer"], 3 - self.seat
            self.keys[other], self.spoke[other] = to_bytes(peer["key"]), True
            if room != "table":
                if "opened" not in peer:
                    raise Doubt("the talk does not begin where it should")
                opened = peer["opened"]  # The entry with which the talk begins, besides its number, seat and hash.
                self.standing, self.inviter = opened["invite"]["key"], other
                event = {"type": "invite", "invite": opened["invite"]}
                entry = opened | {"seq": self.seq, "seat": other, "event": event}
                if not self.is_authentic(entry, other, event) or entry_hash(self.scope, entry) != self.hash:
                    raise Doubt("the talk does not begin where it should")

    def take(self, entry):
        """Takes in the next entry. Its words, if it has any; False if they are sealed with a key not known here."""
        seq, seat, event = entry["seq"], entry["seat"], entry["event"]

        def hold(truth, otherwise):
            if not truth:
                raise Doubt(f"entry {seq} {otherwise}")
        hold(seq <= self.seq + 1, f"came where entry {self.seq + 1} should: something is missing")
        hold(seq > self.seq and (seat, event.get("id")) not in self.ids, "was shown twice")
        hold(to_bytes(entry["prev"]) == self.hash, "follows upon another talk than the one shown here")
        hold(self.is_authentic(entry, seat, event), "was not written by the one it is said to be by")
        hold(self.allows(seat, event), "is against the rules of the conversation")
        lets_me_in = event["type"] == "reseat" and to_bytes(event["key"]) == self.me.key
        hold(not lets_me_in or self.knows_link(), "is of a talk by another link than the one that led here")
        words = self.read(seat, event) if event["type"] == "say" else None
        self.hash, self.seq = entry_hash(self.scope, entry), seq
        self.apply(seat, event)
        return words

    def is_authentic(self, entry, seat, event):
        author = to_bytes(event["key"]) if event["type"] == "sit" else self.keys[seat]
        if event == {"type": "leave", "reason": "absent"}:  # Nobody was there to sign it.
            return self.room == "table" and "sig" not in entry
        if author is None or "sig" not in entry or "key" in event and not is_sound(to_bytes(event["key"])):
            return False
        signed = signed_bytes(self.room, self.scope, to_bytes(entry["prev"]), seat, event)
        vouched = "invite" not in event or vouches(event["invite"], self.room, author)
        return vouched and has_signed(author, signed, to_bytes(entry["sig"]))

    def allows(self, seat, event):
        other, table = 3 - seat, self.room == "table"
        match event["type"]:
            case "sit":
                invited = self.standing is None or (self.open and event.get("invite", {}).get("key") == self.standing)
                first_free = self.keys[seat] is None and (seat == 1 or self.keys[1] is not None)
                fresh = first_free and to_bytes(event["key"]) not in self.keys.values()
                return fresh and table != ("invite" in event) and (table or invited)
            case "leave": return self.keys[seat] is not None
            case "say":
                return self.is_open_to(seat) and event["turn"] == self.turn and event.get("seen", 0) <= self.seq
            case "pass": return (seat, event["turn"], "strict") == (self.holder, self.turn, self.mode)
            case "claim":
                return self.keys[other] and (other, event["turn"], "strict") == (self.holder, self.turn, self.mode)
            case "propose":
                fresh = event["change"] == BACK_TO_SERVER or not self.proposed[seat]
                return self.keys[other] and fresh and not self.is_already(event["change"])
            case "accept" | "decline": return self.proposed[other] and self.proposed[other][0] == event["proposal"]
            case "withdraw": return self.proposed[seat] and self.proposed[seat][0] == event["proposal"]
            case "invite":
                withdraws = self.inviter == seat and not self.spoke[other]
                return not table and (self.keys[other] is None or withdraws)
            case "reseat": return not table and self.keys[other] and to_bytes(event["key"]) not in self.keys.values()

    def apply(self, seat, event):
        other, kind = 3 - seat, event["type"]
        if kind in ("sit", "leave", "invite", "reseat"):
            self.generation = self.seq
        match kind:
            case "sit":
                self.keys[seat], self.spoke[seat] = to_bytes(event["key"]), False
                self.inviter, self.open = self.inviter or seat, self.standing is None
                self.standing = event["invite"]["key"] if "invite" in event else None
            case "leave":
                self.keys[seat], self.spoke[seat], self.open = None, False, False
                self.part()
            case "invite":
                self.standing, self.inviter, self.open = event["invite"]["key"], seat, True
                self.keys[other], self.spoke[other] = None, False
                self.part()
            case "reseat": self.keys[other] = to_bytes(event["key"])
            case "say":
                self.ids.add((seat, event["id"]))
                self.spoke[seat], self.said = True, self.said + 1
                if self.mode == "free":
                    self.holder = other
            case "propose" if event["change"] == BACK_TO_SERVER: self.agree(event["change"])  # That takes no answer.
            case "propose":
                self.proposed[seat] = self.seq, event["change"]
                if self.proposed[other] and self.proposed[other][1] == event["change"]:
                    self.agree(event["change"])  # The two crossed, and both want the same.
            case "accept": self.agree(self.proposed[other][1])
            case "decline": self.proposed[other] = None
            case "withdraw": self.proposed[seat] = None
        said = kind == "say" and self.mode == "strict" and (event["end_turn"] or self.said >= 20)
        if said or kind in ("pass", "claim"):
            self.turn, self.holder, self.said = self.turn + 1, 3 - self.holder, 0

    def usual_pace(self): return "live" if self.room == "table" else "relaxed"
    def is_open_to(self, seat): return self.mode == "free" or self.holder == seat
    def is_already(self, change): return change in ({"mode": self.mode}, {"pace": self.pace}, {"store": self.store})

    def agree(self, change):
        if "pace" in change:
            self.pace = change["pace"]
        elif "store" in change:
            self.store = change["store"]
        elif change["mode"] == "free":
            self.mode, self.holder, self.said = "free", 1, 0
        else:
            self.take_turns()
        for seat, proposal in self.proposed.items():  # What would change nothing any more is proposed no more.
            self.proposed[seat] = None if proposal and self.is_already(proposal[1]) else proposal

    def take_turns(self):
        """Whoever did not speak last begins: `holder` kept count of it."""
        self.mode, self.turn, self.said = "strict", self.turn + 1, 0

    def part(self):
        """One of the two is gone, and what was agreed with them."""
        self.pace, self.store, self.proposed = self.usual_pace(), "server", {1: None, 2: None}
        if self.mode == "free":
            self.take_turns()

    def knows_link(self):
        """Whether the link that stands is the one known here."""
        return bool(self.link) and to_text(public_key(invite_secret(self.link, self.room))) == self.standing

    def body_key(self):
        """The key of what is said now; None while there is nobody to seal it for, or another link stands."""
        if self.room != "table" and not self.knows_link():
            return None  # What the keys agree on is not enough: the hub could have put in its own.
        secret, keys = b"" if self.room == "table" else self.link, list(self.keys.values())
        if all(keys):
            secret += self.me.agree(keys[2 - self.seat])
        elif not self.open:
            return None  # Whoever left still has the old link, and whoever comes next comes by another.
        return derive(secret, body_info(self.scope, self.generation, keys)) if secret else None

    def read(self, seat, event):
        header, key = content(self.scope, self.hash, seat, event)[:-32], self.body_key()
        words = unseal(key, header, to_bytes(event["sealed"])) if key else None
        return False if words is None else words.decode(errors="replace")

    def say(self, id, text):
        """The frame that says a text and ends the turn."""
        event = {"type": "say", "id": to_text(id), "turn": self.turn, "end_turn": True, "sealed": ""}
        if self.mode == "free":
            event["seen"] = self.seq  # Here, what was taken in was shown.
        header = content(self.scope, self.hash, self.seat, event)[:-32]
        return self.ask(event | {"sealed": to_text(seal(self.body_key(), os.urandom(24), header, text.encode()))})

    def ask(self, event):
        """The frame that asks for an event, signed after all that is known."""
        sig = self.me.sign(signed_bytes(self.room, self.scope, self.hash, self.seat, event))
        wanted = {name: value for name, value in event.items() if name != "reason"}
        return wanted | {"prev": to_text(self.hash), "sig": to_text(sig)}

    def stored(self, say, answer):
        """The entry that a message of one's own has become."""
        event = {name: say[name] for name in ("type", "id", "turn", "end_turn", "seen", "sealed") if name in say}
        place = {"seq": answer["seq"], "at": answer["at"], "seat": self.seat, "prev": say["prev"]}
        return place | {"event": event, "sig": say["sig"]}
