//! Any bytes as something sealed, and anything a hub or the other person may show.

mod place;
mod shown;
mod stranger;
mod talk;

use arbitrary::{Arbitrary, Unstructured};
use shared::{BodyKey, BodyNonce, Header, Keyring, MAX_SEALED_BYTES, MAX_TEXT_BYTES, Sealed, Seq};

use self::place::Place;
use self::talk::Talk;

/// What the bytes stand for.
#[derive(Arbitrary, Debug)]
enum Case<'a> {
    Text {
        place: Place,
        nonce: BodyNonce,
        generation: u64,
        text: &'a str,
        /// How often it is said in one body: the sizes around the limit are reached by few bytes.
        times: u16,
        bit: u32,
    },
    Bytes {
        place: Place,
        generation: u64,
        bytes: &'a [u8],
    },
    Inside {
        place: Place,
        nonce: BodyNonce,
        generation: u64,
        inside: &'a [u8],
    },
    Ring {
        place: Place,
        nonce: BodyNonce,
        inside: &'a [u8],
    },
    Talk(Talk<'a>),
}

/// A sealed text opens as itself, and no more when a bit of it, its place or its key is another. Bytes that nobody has
/// sealed do not open. What a stranger with the right key has put inside, a text or not, opens as its bytes say or not
/// at all, and so does a ring of keys. A page that is shown any talk, by a hub and a person who hold to no rule, goes on
/// to read what it believes and to say what can be read. Nothing panics.
///
/// # Panics
/// When that is not so.
pub fn open(bytes: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    match case {
        Case::Text {
            place,
            nonce,
            generation,
            text,
            times,
            bit,
        } => {
            let text = text.repeat(usize::from(times % 512) + 1);
            a_text(&place, &nonce, generation, &text, bit);
        }
        Case::Bytes {
            place,
            generation,
            bytes,
        } => nobodys_bytes(&place, generation, bytes),
        Case::Inside {
            place,
            nonce,
            generation,
            inside,
        } => what_a_stranger_says(&place, &nonce, generation, inside),
        Case::Ring {
            place,
            nonce,
            inside,
        } => a_strangers_ring(&place, &nonce, inside),
        Case::Talk(talk) => talk.go(),
    }
}

/// The key of a generation, as the first person derives it.
fn body_key(place: &Place, generation: u64) -> Option<BodyKey> {
    BodyKey::derive(
        &place.header().scope,
        Seq(generation),
        place.link().as_ref(),
        stranger::one(),
        place.seats(),
    )
}

fn a_text(place: &Place, nonce: &BodyNonce, generation: u64, text: &str, bit: u32) {
    let header = place.header();
    let Some(key) = body_key(place, generation) else {
        return;
    };
    let Ok(sealed) = key.seal(&header, nonce, text) else {
        assert!(text.len() > MAX_TEXT_BYTES, "it would have fitted");
        return;
    };
    assert!(text.len() <= MAX_TEXT_BYTES);
    let size = sealed.0.len();
    assert!(size.is_power_of_two() && size <= MAX_SEALED_BYTES);
    assert_eq!(key.open(&header, &sealed).as_deref(), Ok(text));

    let mut bytes = sealed.0.to_vec();
    let at = usize::try_from(bit / 8).unwrap_or_default() % size;
    bytes[at] ^= 1 << (bit % 8);
    refused(&key, &header, &Sealed::new(&*bytes));
    refused(&key, &header, &Sealed::new(&sealed.0[..at]));
    refused(&key, &place.another(bit).header(), &sealed);
    let another = body_key(place, generation ^ 1).expect("as for the generation before");
    refused(&another, &header, &sealed);
}

fn refused(key: &BodyKey, header: &Header, sealed: &Sealed) {
    assert!(key.open(header, sealed).is_err(), "it opened");
}

fn nobodys_bytes(place: &Place, generation: u64, bytes: &[u8]) {
    let Some(key) = body_key(place, generation) else {
        return;
    };
    let (header, sealed) = (place.header(), Sealed::new(bytes));
    if let Ok(text) = key.open(&header, &sealed) {
        // An input that was sealed once: it is what sealing gives.
        let nonce = bytes
            .first_chunk()
            .expect("what opens begins with its nonce");
        assert_eq!(key.seal(&header, nonce, &text), Ok(sealed), "never sealed");
    }
    let ring = Keyring::open(
        &header.scope,
        stranger::one(),
        &stranger::two().key(),
        &Sealed::new(bytes),
    );
    assert!(ring.is_err(), "never sealed");
}

fn what_a_stranger_says(place: &Place, nonce: &BodyNonce, generation: u64, inside: &[u8]) {
    let (Some(key), Some(theirs)) = (
        body_key(place, generation),
        stranger::body_key(place, generation),
    ) else {
        return;
    };
    let header = place.header();
    let sealed = stranger::seal(&theirs, &header.bytes(), nonce, inside);
    let opened = key.open(&header, &sealed);
    assert_eq!(opened.ok(), stranger::words(inside), "another text");
}

fn a_strangers_ring(place: &Place, nonce: &BodyNonce, inside: &[u8]) {
    let (scope, me, from) = (place.header().scope, stranger::one(), stranger::two().key());
    let key = stranger::ring_key(&scope);
    let sealed = stranger::seal(&key, stranger::RING, nonce, inside);
    let Ok(ring) = Keyring::open(&scope, me, &from, &sealed) else {
        assert_eq!(stranger::end(inside), None, "well sealed, and not opened");
        return;
    };
    let end = stranger::end(inside).expect("what opens has an end");
    for item in inside[..end].chunks_exact(40) {
        let generation = item.first_chunk().expect("40 bytes hold 8");
        assert!(ring.get(Seq(u64::from_be_bytes(*generation))).is_some());
    }
    // As its reader would hand it on.
    let again = ring
        .seal(&scope, me, &from, nonce)
        .expect("both keys are sound");
    assert!(Keyring::open(&scope, stranger::two(), &me.key(), &again).is_ok());
}
