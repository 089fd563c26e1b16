//! The deliberate bugs: where, what instead of what, and which invariant tells.

/// One bug.
pub(super) struct Mutant {
    pub(super) name: &'static str,
    /// File, the words that are there, and the words instead.
    pub(super) edits: &'static [(&'static str, &'static str, &'static str)],
    /// How the simulation may tell.
    pub(super) breaks: &'static [&'static str],
}

/// All of them.
pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "ack before append",
        edits: &[
            (
                "backend/src/room_task.rs",
                "        let Err(error) = appended.await else {",
                "        tokio::spawn(appended);\n        let Err(error) = Ok::<(), Unavailable>(()) else {",
            ),
            (
                "backend/src/room_task.rs",
                "let appended = self.hub.journal.append(self.id, expected, entries);",
                "let (journal, id) = (Arc::clone(&self.hub.journal), self.id);\n        let appended = async move { journal.append(id, expected, entries).await };",
            ),
        ],
        breaks: &["I4"],
    },
    Mutant {
        name: "a failed append counts as done",
        edits: &[(
            "backend/src/room_task.rs",
            "Ok(actual) if actual == begun.then_some(expected) => Ok(Input::NotAppended),",
            "Ok(actual) if actual == begun.then_some(expected) => Ok(Input::Appended),",
        )],
        breaks: &["I4"],
    },
    Mutant {
        name: "an append whose answer is lost counts as failed",
        edits: &[(
            "backend/src/room_task.rs",
            "            _ => Err(OutOfStep),",
            "            _ => Ok(Input::NotAppended),",
        )],
        breaks: &["liveness", "I5", "I6"],
    },
    Mutant {
        name: "repeats are not known",
        edits: &[(
            "shared/src/room/commands.rs",
            "            && let Some((seq, at)) = self.record.answered(seat, id)",
            "            && let Some((seq, at)) = self.record.answered(seat, id).filter(|_| false)",
        )],
        breaks: &["I5"],
    },
    Mutant {
        name: "repeats are forgotten at a restart",
        edits: &[
            (
                "shared/src/room.rs",
                "        room.floor_since = now;\n        Ok(room)",
                "        room.floor_since = now;\n        room.record.forget_said();\n        Ok(room)",
            ),
            (
                "shared/src/record.rs",
                "    /// Which talk it is.",
                "    /// A bug.\n    pub fn forget_said(&mut self) {\n        self.said.clear();\n    }\n\n    /// Which talk it is.",
            ),
        ],
        breaks: &["I5"],
    },
    Mutant {
        name: "the turn is no fence",
        edits: &[(
            "shared/src/turn.rs",
            "                holder,\n            });\n        }\n        if turn != present {",
            "                holder,\n            });\n        }\n        if turn > present {",
        )],
        breaks: &["I3"],
    },
    Mutant {
        name: "free talk gives the turn back under its old number",
        edits: &[(
            "shared/src/turn.rs",
            "            turn: self.turn.next(),\n            mode: Mode::Strict,",
            "            mode: Mode::Strict,",
        )],
        breaks: &["I3"],
    },
    Mutant {
        name: "a proposal that was taken back can be accepted",
        edits: &[(
            "shared/src/record/agreement.rs",
            "            Event::Withdraw { .. } => {\n                self.0[seat.index()] = None;",
            "            Event::Withdraw { .. } => {",
        )],
        breaks: &["I7"],
    },
    Mutant {
        name: "an old connection stays",
        edits: &[(
            "shared/src/presence.rs",
            "std::mem::replace(&mut self.connections, BTreeSet::from([connection]));",
            "BTreeSet::new();\n        self.connections.insert(connection);",
        )],
        breaks: &["I1", "I6"],
    },
    Mutant {
        name: "a timer frees a conversation's seat",
        edits: &[(
            "backend/src/hub.rs",
            "            RoomId::Conversation(_) => None,",
            "            RoomId::Conversation(_) => Some(std::time::Duration::from_secs(10)),",
        )],
        breaks: &["I7", "I6"],
    },
    Mutant {
        name: "retention does not look whether somebody is in the room",
        edits: &[(
            "backend/src/hub.rs",
            "        if rooms.contains_key(&room) {\n            return None;\n        }\n        Some(",
            "        Some(",
        )],
        breaks: &["I7"],
    },
    Mutant {
        name: "a replay skips an entry",
        edits: &[(
            "backend/src/connection.rs",
            "            entries.retain(|entry| entry.seq <= upto);",
            "            entries.retain(|entry| entry.seq <= upto && entry.seq != Seq(3));",
        )],
        breaks: &["I6", "liveness"],
    },
    Mutant {
        name: "a page forgets its outbox in a reload",
        edits: &[(
            "frontend/src/state.rs",
            "        Rc::make_mut(&mut self.outbox).restore(kept.outbox);",
            "        drop(kept.outbox);",
        )],
        breaks: &["I8"],
    },
    Mutant {
        name: "a page sends again under another name",
        edits: &[(
            "frontend/src/state/outbox.rs",
            "            id: self.id,\n            turn: self.turn,",
            "            id: EntryId([1; 16]),\n            turn: self.turn,",
        )],
        breaks: &["I5", "I6"],
    },
    Mutant {
        name: "a page stays away from a hub that stops",
        edits: &[(
            "shared/src/close.rs",
            "            code => matches!(code, 4000..=4499),",
            "            code => matches!(code, 4001..=4499),",
        )],
        breaks: &["liveness"],
    },
    Mutant {
        name: "the journal answers before it is durable",
        edits: &[(
            "tests/simulation/src/journal.rs",
            "        let done = act(&mut lock(&self.device).disk);",
            "        let done = {\n            let mut early = Disk::default();\n            let mut device = lock(&self.device);\n            act(if writes { &mut early } else { &mut device.disk })\n        };",
        )],
        breaks: &["I4", "I6"],
    },
    Mutant {
        name: "what was said without the server is not brought to it",
        edits: &[(
            "frontend/src/paths/keeper.rs",
            "            && self.not_before <= now;",
            "            && self.not_before > now;",
        )],
        breaks: &["I6", "liveness"],
    },
    Mutant {
        name: "a page is shown what was brought before it is welcomed",
        edits: &[(
            "frontend/src/paths/host.rs",
            "        let told = self.told(view, outputs);\n        self.held(told)\n",
            "        self.told(view, outputs)\n",
        )],
        breaks: &["I6", "I8"],
    },
    Mutant {
        name: "what the journal does not have is not said again",
        edits: &[(
            "frontend/src/state/alone.rs",
            "        Rc::make_mut(&mut self.outbox).again(mine);",
            "        drop(mine);",
        )],
        breaks: &["I8"],
    },
    Mutant {
        name: "another history in the journal goes unnoticed",
        edits: &[(
            "frontend/src/paths/keeper.rs",
            "            self.apart = true;\n        } else {\n            self.fault",
            "        } else {\n            self.fault",
        )],
        breaks: &["I6", "liveness"],
    },
    Mutant {
        name: "what is said directly only is brought to the server",
        edits: &[(
            "frontend/src/paths/keeper.rs",
            "limit.is_none_or(|limit| entry.seq <= limit)",
            "limit.is_none_or(|limit| entry.seq <= limit || limit.0 > 0)",
        )],
        breaks: &["consent"],
    },
    Mutant {
        name: "an upload is not held against what is there",
        edits: &[(
            "shared/src/room/upload.rs",
            "    record.check(entry)?;",
            "    let _ = record.check(entry);",
        )],
        breaks: &["I5", "I6"],
    },
];
