//! Where the page is: its routes, and what an invitation's link consists of.

use shared::{ConversationId, LinkSecret, RoomId, SeatKey};

/// The page's paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'p> {
    /// The table.
    Table,
    /// A conversation; its secret stands in the fragment, which no route and no server sees.
    Conversation {
        /// The room's name, not yet believed.
        room: &'p str,
    },
    /// Anything else.
    NotFound,
}

impl<'p> Route<'p> {
    /// Where a path leads.
    #[must_use]
    pub fn of(path: &'p str) -> Self {
        let path = path.trim_end_matches('/');
        match path.strip_prefix("/c/") {
            Some(room) if !room.contains('/') => Self::Conversation { room },
            None if path.is_empty() => Self::Table,
            _ => Self::NotFound,
        }
    }
}

/// A conversation's two halves: the public name and the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The room.
    pub room: ConversationId,
    /// What only the two know.
    pub secret: LinkSecret,
}

impl Invitation {
    /// Reads a link's parts; `fragment` may begin with `#`.
    #[must_use]
    pub fn read(room: &str, fragment: &str) -> Option<Self> {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        Some(Self {
            room: room.parse().ok()?,
            secret: LinkSecret::from_fragment(fragment).ok()?,
        })
    }

    /// Where it leads, without the site's name.
    #[must_use]
    pub fn path(self) -> String {
        format!("/c/{}#{}", self.room, self.secret.to_fragment())
    }

    /// The room it opens.
    #[must_use]
    pub fn room_id(self) -> RoomId {
        RoomId::Conversation(self.room)
    }
}

/// What stands before a key in the fragment of a request to be let in again.
const LET_IN: &str = "let-in=";

/// Where somebody who lost their key asks the other to let them in under another one, without the site's name.
#[must_use]
pub fn request(room: ConversationId, key: SeatKey) -> String {
    format!("/c/{room}#{LET_IN}{key}")
}

/// Reads such a request: a whole link, its fragment, or the bare key.
#[must_use]
pub fn read_request(text: &str) -> Option<SeatKey> {
    let text = text.trim();
    let key = text.rsplit_once(LET_IN).map_or(text, |(_, key)| key);
    key.parse().ok()
}

/// Whether a site's name is understood on this computer only, so that a link to it is of no use elsewhere.
#[must_use]
pub fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.starts_with("127.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_somewhere() {
        for (path, route) in [
            ("", Route::Table),
            ("/", Route::Table),
            ("/c/room", Route::Conversation { room: "room" }),
            ("/c/room/", Route::Conversation { room: "room" }),
            ("/c", Route::NotFound),
            ("/c/", Route::NotFound),
            ("/c/room/more", Route::NotFound),
            ("/room", Route::NotFound),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }

    #[test]
    fn a_link_leads_back_to_its_room_and_secret() {
        let invitation = Invitation {
            room: ConversationId([3; 16]),
            secret: LinkSecret([5; 32]),
        };
        let path = invitation.path();
        let (path, fragment) = path.split_once('#').expect("there is a fragment");
        let room = path.strip_prefix("/c/").expect("it is a conversation");
        assert_eq!(Invitation::read(room, fragment), Some(invitation));
        assert_eq!(
            Invitation::read(room, &format!("#{fragment}")),
            Some(invitation)
        );
    }

    #[test]
    fn a_request_is_read_from_its_link_and_from_less() {
        let key = SeatKey([9; 64]);
        let link = format!(
            "https://talk.example.org{}",
            request(ConversationId([3; 16]), key)
        );
        let bare = key.to_string();
        for text in [link.as_str(), &bare, &format!(" #let-in={bare}\n")] {
            assert_eq!(read_request(text), Some(key), "{text}");
        }
        for text in ["", &bare[1..], "https://talk.example.org/"] {
            assert_eq!(read_request(text), None, "{text}");
        }
    }

    #[test]
    fn half_a_link_opens_nothing() {
        let room = ConversationId([3; 16]).to_string();
        let secret = LinkSecret([5; 32]).to_fragment();
        for (room, fragment) in [
            (room.as_str(), ""),
            (room.as_str(), "#"),
            (room.as_str(), &secret[1..]),
            ("table", secret.as_str()),
            ("", secret.as_str()),
        ] {
            assert_eq!(Invitation::read(room, fragment), None, "{room} {fragment}");
        }
    }

    #[test]
    fn names_of_this_computer_are_known() {
        for host in ["localhost", "127.0.0.1", "[::1]", "a.localhost"] {
            assert!(is_local(host), "{host}");
        }
        assert!(!is_local("example.org"));
        assert!(!is_local("192.168.1.4"));
    }
}
