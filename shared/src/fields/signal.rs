//! What two pages tell each other about a path of their own.

use serde::Deserialize;

use super::Missing;
use crate::signal::Signal;

/// `type` of a signal.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SignalKind {
    Ready,
    Offer,
    Answer,
    Candidate,
    No,
}

/// The fields of every [`Signal`].
#[derive(Deserialize)]
pub(crate) struct SignalFields {
    r#type: SignalKind,
    session: Option<u32>,
    sdp: Option<String>,
    candidate: Option<String>,
    mid: Option<String>,
    line: Option<u16>,
}

impl TryFrom<SignalFields> for Signal {
    type Error = Missing;

    fn try_from(fields: SignalFields) -> Result<Self, Missing> {
        let session = fields.session;
        Ok(match fields.r#type {
            SignalKind::Ready => Self::Ready { session },
            SignalKind::No => Self::No { session },
            SignalKind::Offer => Self::Offer {
                session: take!(fields.session),
                sdp: take!(fields.sdp),
            },
            SignalKind::Answer => Self::Answer {
                session: take!(fields.session),
                sdp: take!(fields.sdp),
            },
            SignalKind::Candidate => Self::Candidate {
                session: take!(fields.session),
                candidate: take!(fields.candidate),
                mid: fields.mid,
                line: fields.line,
            },
        })
    }
}
