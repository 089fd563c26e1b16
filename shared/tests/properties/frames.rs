//! Any frame a client could send.

use proptest::prelude::*;
use shared::{
    Bookmark, Change, ClientFrame, ConversationId, Entry, EntryHash, EntryId, Epoch, Event, Invite,
    InviteKey, Mode, Pace, Proof, Receipt, RoomId, Sealed, Seat, SeatKey, Seq, Signature, Store,
    Timestamp, Turn,
};

fn room_id() -> impl Strategy<Value = RoomId> {
    prop_oneof![
        Just(RoomId::Table),
        any::<[u8; 16]>().prop_map(|bytes| RoomId::Conversation(ConversationId(bytes))),
    ]
}

fn key() -> impl Strategy<Value = SeatKey> {
    any::<[u8; 64]>().prop_map(SeatKey)
}

fn hash() -> impl Strategy<Value = EntryHash> {
    any::<[u8; 32]>().prop_map(EntryHash)
}

fn signature() -> impl Strategy<Value = Signature> {
    any::<[u8; 64]>().prop_map(Signature)
}

fn sealed() -> impl Strategy<Value = Sealed> {
    any::<Vec<u8>>().prop_map(Sealed::new)
}

fn invite() -> impl Strategy<Value = Invite> {
    (any::<[u8; 32]>(), signature()).prop_map(|(key, sig)| Invite {
        key: InviteKey(key),
        sig,
    })
}

fn position() -> impl Strategy<Value = Bookmark> {
    (any::<u64>(), any::<u64>(), hash()).prop_map(|(epoch, seq, hash)| Bookmark {
        epoch: Epoch(epoch),
        seq: Seq(seq),
        hash,
    })
}

fn hello() -> impl Strategy<Value = ClientFrame> {
    let optional = (
        proptest::option::of(invite()),
        proptest::option::of(position()),
    );
    (room_id(), key(), any::<[u8; 64]>(), signature(), optional).prop_map(
        |(room, seat_key, proof, sig, (invite, position))| ClientFrame::Hello {
            room,
            seat_key,
            proof: Proof(proof),
            invite,
            sig,
            position,
        },
    )
}

fn say() -> impl Strategy<Value = ClientFrame> {
    let words = (
        any::<[u8; 16]>(),
        any::<u64>(),
        any::<bool>(),
        any::<Option<u64>>(),
        sealed(),
    );
    (words, hash(), signature()).prop_map(|((id, turn, end_turn, seen, sealed), prev, sig)| {
        ClientFrame::Say {
            id: EntryId(id),
            turn: Turn(turn),
            end_turn,
            seen: seen.map(Seq),
            sealed,
            prev,
            sig,
        }
    })
}

pub(crate) fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        prop_oneof![Just(Mode::Free), Just(Mode::Strict)].prop_map(Change::Mode),
        proptest::sample::select(&Pace::ALL[..]).prop_map(Change::Pace),
        prop_oneof![Just(Store::Server), Just(Store::Pages)].prop_map(Change::Store),
    ]
}

/// What is proposed, and how it is answered.
fn agreement() -> impl Strategy<Value = ClientFrame> {
    let of_a_proposal = (any::<u64>(), 0..3, hash(), signature());
    let answer = of_a_proposal.prop_map(|(seq, kind, prev, sig)| {
        let proposal = Seq(seq);
        let event = match kind {
            0 => Event::Accept { proposal },
            1 => Event::Decline { proposal },
            _ => Event::Withdraw { proposal },
        };
        ClientFrame::signed(event, prev, sig).expect("an answer")
    });
    let propose = (change(), hash(), signature())
        .prop_map(|(change, prev, sig)| ClientFrame::Propose { change, prev, sig });
    prop_oneof![propose, answer]
}

/// An entry as nobody has signed it, of any kind that a frame can bring.
fn entry() -> impl Strategy<Value = Entry> {
    let frame = prop_oneof![say(), agreement()];
    let place = (any::<u64>(), any::<u64>(), any::<bool>());
    (frame, place).prop_map(|(frame, (seq, at, first))| {
        let wish = frame.into_wish().expect("signed");
        Entry {
            seq: Seq(seq),
            at: Timestamp(at),
            seat: if first { Seat::One } else { Seat::Two },
            prev: wish.prev,
            event: wish.event,
            sig: Some(wish.sig),
        }
    })
}

pub(crate) fn client_frame() -> impl Strategy<Value = ClientFrame> {
    let pass = (any::<u64>(), hash(), signature()).prop_map(|(turn, prev, sig)| {
        let turn = Turn(turn);
        ClientFrame::Pass { turn, prev, sig }
    });
    let claim = (any::<u64>(), hash(), signature()).prop_map(|(turn, prev, sig)| {
        let turn = Turn(turn);
        ClientFrame::Claim { turn, prev, sig }
    });
    let ask = any::<u64>().prop_map(|turn| ClientFrame::Ask { turn: Turn(turn) });
    let upload = proptest::collection::vec(entry(), 0..4)
        .prop_map(|entries| ClientFrame::Upload { entries });
    let signal = sealed().prop_map(|payload| ClientFrame::Signal { payload });
    let direct = any::<Option<u32>>().prop_map(|opened| ClientFrame::Direct { opened });
    let leave = (hash(), signature()).prop_map(|(prev, sig)| ClientFrame::Leave { prev, sig });
    let invite = (invite(), hash(), signature())
        .prop_map(|(invite, prev, sig)| ClientFrame::Invite { invite, prev, sig });
    let reseat = (key(), sealed(), hash(), signature()).prop_map(|(key, keyring, prev, sig)| {
        ClientFrame::Reseat {
            key,
            keyring,
            prev,
            sig,
        }
    });
    let watermarks = (any::<u64>(), any::<u64>(), any::<Option<u64>>());
    let receipt = (watermarks, signature()).prop_map(|((epoch, delivered, read), sig)| {
        ClientFrame::Receipt(Receipt {
            epoch: Epoch(epoch),
            delivered: Seq(delivered),
            read: read.map(Seq),
            sig,
        })
    });
    prop_oneof![
        hello(),
        say(),
        receipt,
        pass,
        leave,
        invite,
        reseat,
        agreement(),
        claim,
        ask,
        upload,
        signal,
        direct,
        Just(ClientFrame::Ice {}),
        Just(ClientFrame::Bye {}),
        Just(ClientFrame::Typing {}),
        Just(ClientFrame::Ping {}),
    ]
}
