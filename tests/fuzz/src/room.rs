//! Any order of events in a room.

mod deeds;
mod people;
mod step;
mod tally;
mod views;
mod world;

use arbitrary::{Arbitrary as _, Unstructured};

use self::step::{Setting, Step};
use self::world::World;

/// Enough to fill two seats, lose them, and talk through a turn that ends by its length.
const MOST_STEPS: usize = 96;

/// Four people, three links, a journal that may fail, and whatever frames: people come with right and wrong keys, say,
/// pass, claim, propose and answer, invite, reseat and leave, truly signed or not, and go; they bring what they did without a
/// server; time passes; the server starts anew.
///
/// After each step: every entry follows upon the one before; it is as a page would believe it, but for the signature
/// of what is only relayed; the log read by itself keeps I1, I2, I3, I5 and I7; the room's record is the fold of its
/// log, and the room restored from it has the same; whoever is connected has seen all that happened since they may
/// see anything, once and in order (I6), and nothing before; what is told as stored is in the log (I4); and little is
/// told to few.
///
/// The bytes are a `Setting` and `Step`s. Frames as a client might send them follow as lines of JSON, from the first
/// line on that begins with a brace.
///
/// # Panics
/// When that is not so.
pub fn room(bytes: &[u8]) {
    let (script, frames) = split(bytes);
    let mut script = Unstructured::new(script);
    let Ok(setting) = Setting::arbitrary(&mut script) else {
        return;
    };
    let mut world = World::new(setting, frames);
    for _ in 0..MOST_STEPS {
        if script.is_empty() {
            break;
        }
        let Ok(step) = Step::arbitrary(&mut script) else {
            break;
        };
        world.take(step);
    }
    world.restart();
}

fn split(bytes: &[u8]) -> (&[u8], Vec<&[u8]>) {
    let at = bytes.windows(2).position(|two| two == b"\n{");
    let (script, frames) = bytes.split_at(at.unwrap_or(bytes.len()));
    let lines = frames.split(|byte| *byte == b'\n');
    (script, lines.filter(|line| !line.is_empty()).collect())
}
