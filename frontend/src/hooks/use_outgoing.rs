//! What goes out of a room: what is due, in the form in which it is kept.

use std::rc::Rc;

use futures_util::future::Either;
use shared::{ClientFrame, EntryId};
use wasm_bindgen_futures::spawn_local;
use yew::{Reducible as _, hook, use_effect, use_effect_with};

use super::desk::Desk;
use super::use_room::Shared;
use crate::browser::{clock, random};
use crate::state::{Action, Letter, Pending, View};

/// Gives the path what is due, tells it what the person knows, and keeps that.
#[hook]
pub(super) fn use_outgoing(desk: &Desk, means: &Shared) {
    let view = desk.view();
    {
        let (desk, means) = (desk.clone(), means.clone());
        // None of it does anything where nothing has changed, and to look costs less than to compare all that is known.
        use_effect(move || {
            means.with(|means| {
                let view = desk.view();
                if view.alarm.is_some() {
                    means.driver.doubted();
                }
                drop(means.drawer.keep(&view));
                means.driver.looked();
            });
        });
    }
    {
        let means = means.clone();
        use_effect_with(view.unseated, move |&unseated| {
            if unseated {
                means.with(|means| means.driver.unseated());
            }
        });
    }
    {
        let desk = desk.clone();
        use_effect_with(view.is_slow(), move |&slow| {
            if slow {
                desk.look();
            }
        });
    }
    let (desk, means) = (desk.clone(), means.clone());
    let due = (view.due(), view.receipt_due(), view.back_due());
    use_effect_with(due, move |_| {
        give_due(&desk, &means, None);
        tell_due(&desk, &means);
        ask_back(&desk, &means);
    });
}

/// Tells how far I have come, where that is news.
fn tell_due(desk: &Desk, means: &Shared) {
    let view = desk.view();
    // Signed only where there is a path: other tabs have the same news.
    let told = means.with(|means| {
        let word = view.receipt(view.receipt_due()?)?;
        means
            .driver
            .send(&ClientFrame::Receipt(word))
            .then_some(word)
    });
    if let Some(word) = told.flatten() {
        desk.dispatch(Action::Told(word, clock::now()));
    }
}

/// Has the server store again what is said, as the person wants.
fn ask_back(desk: &Desk, means: &Shared) {
    means.with(|means| {
        let view = desk.view();
        let frame = view.back_due().zip(view.person.as_ref());
        let frame = frame.and_then(|((change, ..), person)| person.propose(change));
        frame.map(|frame| means.driver.send(&frame))
    });
}

/// Keeps the message that is due in the form in which it goes, and then gives it to the path. `done`: what the person has
/// just done, which may have made one due. It is shown once that is kept: what changes the page makes the browser draw
/// it before it tells of anything else, and the other would wait for that too.
pub(super) fn give_due(desk: &Desk, means: &Shared, done: Option<Action>) {
    let mut actions = Vec::from_iter(done);
    let view = Rc::new(View::clone(&desk.view()));
    let view = actions.iter().cloned().fold(view, View::reduce);
    // Nothing is sealed where there is no path, in a tab that mirrors, or while another message is being kept.
    let kept_in = means.get().filter(|here| !here.keeping.get());
    let sealed = kept_in.and_then(|kept_in| {
        let (id, nonce) = view.due().zip(random::bytes())?;
        let letter = Letter::of(&view.frame_of(id, &nonce)?)?;
        Some((kept_in, id, letter))
    });
    let Some((kept_in, id, letter)) = sealed else {
        actions.into_iter().for_each(|action| desk.dispatch(action));
        return;
    };
    kept_in.keeping.set(true);
    actions.push(Action::Sealed(id, letter.clone()));
    let view = view.reduce(Action::Sealed(id, letter.clone()));
    let kept = kept_in.drawer.keep_first(&view);
    desk.put_off(actions);
    match kept {
        Either::Left(kept) => give_kept(desk, means, id, letter, kept),
        Either::Right(kept) => {
            let (desk, means) = (desk.clone(), means.clone());
            spawn_local(async move { give_kept(&desk, &means, id, letter, kept.await) });
        }
    }
}

/// Gives the path what is kept, or cannot be; it is due no longer then.
fn give_kept(desk: &Desk, means: &Shared, id: EntryId, letter: Letter, kept: bool) {
    means.with(|means| means.keeping.set(false));
    if !kept {
        desk.dispatch(Action::Unkept(clock::now()));
    }
    let view = desk.view();
    let due = view.outbox.get(id).filter(|_| view.due() == Some(id));
    let due = due.filter(|pending| pending.letter.as_ref() == Some(&letter));
    let Some(frame) = due.and_then(Pending::frame) else {
        // Meanwhile it was taken back, and another may have come.
        return give_due(desk, means, None);
    };
    if means.with(|means| means.driver.send(&frame)) == Some(true) {
        desk.dispatch(Action::Sent(id, letter));
    }
}
