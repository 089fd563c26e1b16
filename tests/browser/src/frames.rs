//! Where WebSocket frames (RFC 6455, section 5.2) end in a stream of bytes.

/// The end of an HTTP head.
const BLANK_LINE: &[u8] = b"\r\n\r\n";

/// What a frame's bytes are.
#[derive(Debug, Default)]
enum Place {
    /// HTTP: as far as the end of the head has come.
    #[default]
    Http,
    /// A header, as far as it has come.
    Header(Vec<u8>),
    /// A payload, of which so much is to come.
    Payload(u64),
}

/// One direction of one connection. Where it is no WebSocket, there are no frames.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    place: Place,
    head: Vec<u8>,
}

impl Frames {
    /// Takes in what came, and answers how many of its bytes belong to frames up to each that ends in it.
    pub(crate) fn ends(&mut self, bytes: &[u8]) -> Vec<usize> {
        let mut ends = Vec::new();
        for (index, &byte) in bytes.iter().enumerate() {
            match &mut self.place {
                Place::Http => {
                    self.head.push(byte);
                    if self.head.ends_with(BLANK_LINE) {
                        if is_upgrade(&self.head) {
                            self.place = Place::Header(Vec::new());
                        }
                        self.head.clear();
                    }
                }
                Place::Header(header) => {
                    header.push(byte);
                    match length(header) {
                        Some(0) => {
                            ends.push(index + 1);
                            self.place = Place::Header(Vec::new());
                        }
                        Some(length) => self.place = Place::Payload(length),
                        None => {}
                    }
                }
                Place::Payload(1) => {
                    ends.push(index + 1);
                    self.place = Place::Header(Vec::new());
                }
                Place::Payload(left) => *left -= 1,
            }
        }
        ends
    }
}

fn is_upgrade(head: &[u8]) -> bool {
    String::from_utf8_lossy(head)
        .to_lowercase()
        .contains("upgrade: websocket")
}

/// The length of the payload, when the header is whole.
fn length(header: &[u8]) -> Option<u64> {
    let second = *header.get(1)?;
    let (more, mask) = match second & 0x7f {
        126 => (2, second >> 7),
        127 => (8, second >> 7),
        _ => (0, second >> 7),
    };
    let whole = 2 + more + 4 * usize::from(mask);
    if header.len() < whole {
        return None;
    }
    Some(match more {
        0 => u64::from(second & 0x7f),
        _ => header[2..2 + more]
            .iter()
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

    fn frame(payload: usize, masked: bool) -> Vec<u8> {
        let bit = if masked { 0x80 } else { 0 };
        let mut bytes = vec![0x81];
        match payload {
            0..126 => bytes.push(bit | payload as u8),
            _ => {
                bytes.push(bit | 126);
                bytes.extend((payload as u16).to_be_bytes());
            }
        }
        bytes.extend(if masked { vec![7; 4] } else { vec![] });
        bytes.extend(vec![b'x'; payload]);
        bytes
    }

    #[test]
    fn frames_are_found_however_the_bytes_come() {
        let parts = [
            frame(0, false),
            frame(5, true),
            frame(300, false),
            frame(126, true),
        ];
        let mut ends = Vec::new();
        let mut stream = HEAD.to_vec();
        for part in parts {
            stream.extend(part);
            ends.push(stream.len());
        }
        for size in [1, 2, 3, 50, stream.len()] {
            let mut frames = Frames::default();
            let mut found = Vec::new();
            for (piece, start) in stream.chunks(size).zip((0..).step_by(size)) {
                found.extend(frames.ends(piece).iter().map(|end| start + end));
            }
            assert_eq!(found, ends, "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_websocket_has_no_frames() {
        let mut frames = Frames::default();
        assert!(
            frames
                .ends(b"HTTP/1.1 200 OK\r\n\r\n\x81\x00\x81\x00")
                .is_empty()
        );
    }
}
