//! Any frame a client could send.

use proptest::prelude::*;
use shared::{
    Bookmark, ClientFrame, ConversationId, EntryHash, EntryId, Epoch, Invite, InviteKey, Proof,
    Receipt, RoomId, Sealed, SeatKey, Seq, Signature, Turn,
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
    let words = (any::<[u8; 16]>(), any::<u64>(), any::<bool>(), sealed());
    (words, hash(), signature()).prop_map(|((id, turn, end_turn, sealed), prev, sig)| {
        ClientFrame::Say {
            id: EntryId(id),
            turn: Turn(turn),
            end_turn,
            sealed,
            prev,
            sig,
        }
    })
}

pub(crate) fn client_frame() -> impl Strategy<Value = ClientFrame> {
    let pass = (any::<u64>(), hash(), signature()).prop_map(|(turn, prev, sig)| {
        let turn = Turn(turn);
        ClientFrame::Pass { turn, prev, sig }
    });
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
        Just(ClientFrame::Typing {}),
        Just(ClientFrame::Ping {}),
    ]
}
