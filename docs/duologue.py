#!/usr/bin/env python3
"""The bytes that a Duologue client signs, hashes and seals, as PROTOCOL.md explains them. talk.py builds on them.

    pip install pynacl                           (Python 3.10 or newer)
    python3 docs/duologue.py docs/vectors.txt    makes the documented values again and compares them
"""
import base64, hashlib, hmac, json, sys
from nacl import bindings as sodium, exceptions, signing

MAX_TEXT_BYTES = 16343


class Doubt(Exception):
    """Something that was shown does not hold."""


def to_text(data): return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
def to_bytes(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def u64(number): return number.to_bytes(8, "big")
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()


def derive(secret, *info):
    """32 bytes by HKDF-SHA-256 without salt (RFC 5869, sections 2.2 and 2.3); they are its first block."""
    return hmac.digest(hmac.digest(bytes(32), secret, "sha256"), b"".join(info) + b"\1", "sha256")


# Keys and signatures

class Seat:
    """The secret half of a seat: one key that signs and one that agrees, both from 32 random bytes."""

    def __init__(self, seed):
        self.signing = derive(seed, b"duologue.v1 seat signing\0")
        self.agreement = derive(seed, b"duologue.v1 seat agreement\0")
        self.key = public_key(self.signing) + sodium.crypto_scalarmult_base(self.agreement)

    def sign(self, message): return sign(self.signing, message)

    def agree(self, other): return sodium.crypto_scalarmult(self.agreement, other[32:])


def public_key(secret): return bytes(signing.SigningKey(secret).verify_key)
def sign(secret, message): return signing.SigningKey(secret).sign(message).signature


def has_signed(key, message, signature):
    """Whether it is by the signing half of a seat key, or by an invite's key."""
    try:
        return signing.VerifyKey(key[:32]).verify(message, signature) == message
    except (exceptions.CryptoError, ValueError):
        return False


def is_sound(key):
    """Whether both halves are keys whose secret nobody else can know (RFC 7748, section 6.1)."""
    try:
        return sodium.crypto_core_ed25519_is_valid_point(key[:32]) and any(Seat(bytes(32)).agree(key))
    except (exceptions.CryptoError, RuntimeError, TypeError, ValueError):
        return False


def proof_bytes(nonce, key, room): return b"duologue.v1 hello\0" + nonce + key + room.encode()
def invite_secret(link, room): return derive(link, b"duologue.v1 invite\0", room.encode())
def vouched_bytes(key, room): return b"duologue.v1 invite\0" + key + room.encode()


def vouch(link, room, key):
    """The link's word for a seat key."""
    secret = invite_secret(link, room)
    return {"key": to_text(public_key(secret)), "sig": to_text(sign(secret, vouched_bytes(key, room)))}


def vouches(invite, room, key):
    return has_signed(to_bytes(invite["key"]), vouched_bytes(key, room), to_bytes(invite["sig"]))


# The chain

def scope_bytes(room, epoch): return bytes([len(room)]) + room.encode() + bytes.fromhex(epoch)
def genesis(scope): return sha256(b"duologue.v1 chain\0", scope)
def invite_bytes(invite): return b"\1" + to_bytes(invite["key"]) + to_bytes(invite["sig"]) if invite else b"\0"


def maybe(number): return b"\0" if number is None else b"\1" + u64(number)


CHANGES = {"mode": (1, ["strict", "free"]), "pace": (2, ["live", "relaxed", "correspondence", "letters"]),
           "store": (3, ["server", "pages"])}


def change_bytes(change):
    [(what, to)] = change.items()
    kind, values = CHANGES[what]
    return bytes([kind, 1 + values.index(to)])


def content(scope, prev, seat, event):
    """What an entry says, besides its number, time and signature."""
    match event:
        case {"type": "sit", "key": key}: kind, rest = 1, to_bytes(key) + invite_bytes(event.get("invite"))
        case {"type": "leave", "reason": "asked"}: kind, rest = 2, b"\1"
        case {"type": "leave", "reason": "absent"}: kind, rest = 2, b"\2"
        case {"type": "say", "id": id, "turn": turn, "end_turn": end, "sealed": sealed}:
            said = to_bytes(id) + u64(turn) + bytes([end]) + maybe(event.get("seen"))
            kind, rest = 3, said + sha256(to_bytes(sealed))
        case {"type": "pass", "turn": turn}: kind, rest = 4, u64(turn)
        case {"type": "invite", "invite": invite}: kind, rest = 5, invite_bytes(invite)
        case {"type": "reseat", "key": key, "keyring": ring}: kind, rest = 6, to_bytes(key) + sha256(to_bytes(ring))
        case {"type": "claim", "turn": turn}: kind, rest = 7, u64(turn)
        case {"type": "propose", "change": change}: kind, rest = 8, change_bytes(change)
        case {"type": "accept", "proposal": seq}: kind, rest = 9, u64(seq)
        case {"type": "decline", "proposal": seq}: kind, rest = 10, u64(seq)
        case {"type": "withdraw", "proposal": seq}: kind, rest = 11, u64(seq)
        case _: raise Doubt(f"an entry is of a kind that is not known here: {event.get('type')}")
    return scope + prev + bytes([seat, kind]) + rest


def signed_bytes(room, scope, prev, seat, event):
    """What the author of an event signs. Whoever sits down has seen nothing yet, so less is in it."""
    if event["type"] == "sit":
        return b"duologue.v1 sit\0" + to_bytes(event["key"]) + invite_bytes(event.get("invite")) + room.encode()
    return b"duologue.v1 entry\0" + content(scope, prev, seat, event)


def entry_hash(scope, entry):
    sig = to_bytes(entry["sig"]) if "sig" in entry else bytes(64)
    says = content(scope, to_bytes(entry["prev"]), entry["seat"], entry["event"])
    return sha256(b"duologue.v1 chain\0", u64(entry["seq"]), says, sig)


def receipt_bytes(scope, seat, delivered, hash, read):
    """What is signed of how far somebody has come; `read` is None where they do not tell."""
    return b"duologue.v1 receipt\0" + scope + bytes([seat]) + u64(delivered) + hash + maybe(read)


# Sealing

def body_info(scope, generation, keys):
    return b"duologue.v1 body\0" + scope + u64(generation) + b"".join(key or bytes(64) for key in keys)


KEYRING = b"duologue.v1 keyring\0"
def keyring_info(scope, author, to): return KEYRING + scope + author + to


def seal(key, nonce, header, words):
    """Pads and seals: 128 bytes, or twice that, and so on. `nonce` is random, and new for each call."""
    if len(words) > MAX_TEXT_BYTES:
        raise ValueError("too long")
    size = max(128, 1 << (24 + len(words) + 16).bit_length())
    padded = (words + b"\x80").ljust(size - 24 - 16, b"\0")
    return nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(padded, header, nonce, key)


def unseal(key, header, sealed):
    """The words, or None when they were not sealed with this key for this place."""
    try:
        padded = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[24:], header, sealed[:24], key).rstrip(b"\0")
    except (exceptions.CryptoError, ValueError):
        return None
    return padded[:-1] if padded.endswith(b"\x80") else None


def safety_numbers(room, keys):
    """Which of the 2048 English words of BIP-39 both people compare; and the hash they come from."""
    said = digest = b"duologue.v1 words\0" + keys[0] + keys[1] + room.encode()
    for again in range(16384):
        digest = sha256(digest + said if again else said)
    bits = int.from_bytes(digest, "big")
    return digest, [bits >> 256 - 11 * (at + 1) & 2047 for at in range(8)]


# The vectors

def remake(kind, told):
    """The values of a section, by name, made again from the others in it."""
    room, raw = told.get("room"), lambda name: bytes.fromhex(told[name])
    scope = scope_bytes(room, told["epoch"]) if "epoch" in told else None
    match kind:
        case "seat":
            me = Seat(raw("seed"))
            return {"signing_secret": me.signing, "agreement_secret": me.agreement, "seat_key": me.key}
        case "proof":
            me = Seat(raw("seed"))
            signed = proof_bytes(raw("nonce"), me.key, room)
            return {"signed": signed, "proof": me.sign(signed)}
        case "invite":
            secret, signed = invite_secret(raw("link"), room), vouched_bytes(raw("seat_key"), room)
            made = {"invite_secret": secret, "invite_key": public_key(secret)}
            return made | {"signed": signed, "sig": sign(secret, signed)}
        case "genesis":
            return {"scope": scope, "hash": genesis(scope)}
        case "entry" | "refused entry":
            entry = json.loads(told["entry"])
            of = to_bytes(entry["prev"]), entry["seat"], entry["event"]
            made = {"content": content(scope, *of), "hash": entry_hash(scope, entry)}
            if "sig" in entry:
                made |= {"signed": signed_bytes(room, scope, *of), "sig": to_bytes(entry["sig"])}
                made["verifies"] = "yes" if has_signed(raw("seat_key"), made["signed"], made["sig"]) else "no"
            return made
        case "receipt":
            read = None if told["read"] == "none" else int(told["read"])
            signed = receipt_bytes(scope, int(told["seat"]), int(told["delivered"]), raw("hash"), read)
            return {"signed": signed, "sig": Seat(raw("seed")).sign(signed)}
        case "body key":
            agreed = Seat(raw("seed_1")).agree(raw("seat_2")) if "seed_1" in told else b""
            secret = (raw("link") if "link" in told else b"") + agreed
            info = body_info(scope, int(told["generation"]), [raw("seat_1"), raw("seat_2")])
            return {"agreed": agreed, "secret": secret, "info": info, "key": derive(secret, info)}
        case "body":
            sealed = seal(raw("key"), raw("nonce"), raw("header"), told["text"].encode())
            return {"sealed": sealed, "text": unseal(raw("key"), raw("header"), raw("sealed")).decode()}
        case "refused body":
            return {"opens": "no" if unseal(raw("key"), raw("header"), raw("sealed")) is None else "yes"}
        case "padding":
            size = lambda length: len(seal(bytes(32), bytes(24), b"", bytes(length)))
            return {name: str(size(int(name))) if int(name) <= MAX_TEXT_BYTES else "too_long" for name in told}
        case "keyring":
            agreed, info = Seat(raw("seed")).agree(raw("to")), keyring_info(scope, raw("from"), raw("to"))
            key = derive(agreed, info)
            return {"agreed": agreed, "info": info, "key": key, "sealed": seal(key, raw("nonce"), KEYRING, raw("ring"))}
        case "safety words":
            digest, numbers = safety_numbers(room, [raw("seat_1"), raw("seat_2")])
            return {"hash": digest, "numbers": " ".join(map(str, numbers))}


def check(path):
    """Compares every section of the vectors; says which differ."""
    sections, agree = [], 0
    for line in filter(None, (line.rstrip("\n") for line in open(path, encoding="utf-8") if not line.startswith("#"))):
        if line.startswith("["):
            sections.append((line[1:-1], {}))
        else:
            name, value = line.split(" ", 1)
            sections[-1][1][name] = value
    for title, told in sections:
        made = remake(title.split(":")[0], told) or {}
        texts = {name: value if isinstance(value, str) else value.hex() for name, value in made.items()}
        wrong = [name for name in told if name in texts and texts[name] != told[name]]
        agree += bool(made) and not wrong
        if wrong or not made:
            print(f"{title}: {', '.join(wrong) or 'not known here'}", file=sys.stderr)
    print(f"{agree} vectors agree")
    return agree == len(sections)


if __name__ == "__main__":
    sys.exit(not check(sys.argv[1]))
