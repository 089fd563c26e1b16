//! The talk, oldest first, its end in view unless the person has scrolled away.

use std::cell::RefCell;
use std::rc::Rc;

use shared::{EntryId, Epoch, Seat, Seq};
use web_sys::Element;
use yew::prelude::*;

use super::icons;
use super::{Bubble, Offers};
use crate::browser::focus::TALK;
use crate::browser::reading::Watch;
use crate::browser::{clock, view};
use crate::calendar::{self, Local};
use crate::hooks::LineWish;
use crate::state::{Ahead, Line, Outbox, Pending, Rank, Said, Talk, What};
use crate::wording;

#[derive(PartialEq, Properties)]
pub struct TranscriptProps {
    /// What was said.
    pub talk: Rc<Talk>,
    /// What is on its way.
    pub outbox: Rc<Outbox>,
    /// What the other has said, and nobody has ordered yet.
    pub ahead: Rc<Vec<Ahead>>,
    /// How far the server is known to have the talk; `None`: all of it.
    pub saved: Option<Seq>,
    /// My seat.
    pub me: Option<Seat>,
    /// The present day's number.
    pub today: i64,
    /// Whether the other is writing.
    pub writes: bool,
    /// How the other gets here, while I am alone; it has a key.
    pub alone: Option<Html>,
    /// What saying a held message is called now, if it can be said.
    pub again: Option<&'static str>,
    /// The talk of which it is of use to know what is in view.
    pub reads: Option<Epoch>,
    /// The person wants something of a line.
    pub on_line: Callback<LineWish>,
}

/// The talk.
#[component]
pub fn Transcript(props: &TranscriptProps) -> Html {
    let list = use_node_ref();
    let watch = use_reading(&list, props);
    let (behind, on_scroll, on_newest) = use_end(&list, props, watch);
    html! {
        <main class="talk">
            <div
                ref={list}
                id={TALK}
                class="scroll"
                data-testid="transcript"
                role="log"
                aria-label="What was said"
                aria-relevant="additions"
                tabindex="0"
                onscroll={on_scroll}
            >
                <div class="lines">
                    // Nothing but keyed children, or they would be matched by place and mistaken for one another.
                    { for lines(props) }
                </div>
            </div>
            if behind {
                <button type="button" class="button newest" data-testid="newest" onclick={on_newest}>
                    { "New message" }{ icons::down() }
                </button>
            }
        </main>
    }
}

/// Whether something new is out of view; what to do on scrolling; how to get there.
#[hook]
fn use_end(
    list: &NodeRef,
    props: &TranscriptProps,
    watch: Rc<RefCell<Option<(Epoch, Watch)>>>,
) -> (bool, Callback<Event>, Callback<MouseEvent>) {
    let behind = use_state_eq(|| false);
    let at_end = use_mut_ref(|| true);
    let on_scroll = {
        let (behind, at_end) = (behind.clone(), at_end.clone());
        Callback::from(move |event: Event| {
            let Some(list) = event.target_dyn_into::<Element>() else {
                return;
            };
            let is = view::is_at_end(&list);
            at_end.replace(is);
            if let Some((_, watch)) = &*watch.borrow() {
                watch.look();
            }
            if is {
                behind.set(false);
            }
        })
    };
    {
        let (list, behind, at_end) = (list.clone(), behind.clone(), at_end.clone());
        use_effect_with(props.talk.lines().len(), move |&lines| {
            if let Some(list) = list.cast::<Element>() {
                if *at_end.borrow() {
                    view::scroll_to_end(&list);
                } else {
                    behind.set(lines > 0);
                }
            }
        });
    }
    let to_end = {
        let list = list.clone();
        move || {
            if let Some(list) = list.cast::<Element>() {
                view::scroll_to_end(&list);
            }
        }
    };
    {
        // What I say myself I want to see.
        let to_end = to_end.clone();
        let underway = props.outbox.underway().map(|pending| pending.id);
        use_effect_with(underway, move |underway| {
            if underway.is_some() {
                to_end();
            }
        });
    }
    let on_newest = Callback::from(move |_: MouseEvent| to_end());
    (*behind, on_scroll, on_newest)
}

/// Watches what is read, as long as that is of use.
#[hook]
fn use_reading(list: &NodeRef, props: &TranscriptProps) -> Rc<RefCell<Option<(Epoch, Watch)>>> {
    let watch = use_mut_ref(|| None);
    let (kept, list, on_line) = (watch.clone(), list.clone(), props.on_line.clone());
    use_effect_with(
        (props.reads, props.talk.lines().len()),
        move |&(reads, _)| {
            let begin = || {
                let on_read = move |seq| on_line.emit(LineWish::Read(seq));
                Watch::new(move || list.cast(), on_read)
            };
            let mut watch = kept.borrow_mut();
            let known = watch.take().filter(|(of, _)| Some(*of) == reads);
            *watch = known.or_else(|| reads.map(|epoch| (epoch, begin())));
            if let Some((_, watch)) = &*watch {
                watch.look();
            }
        },
    );
    watch
}

fn lines(props: &TranscriptProps) -> Vec<Html> {
    let today = Local {
        day: props.today,
        hour: 0,
        minute: 0,
    };
    let mut day = None;
    let mut lines = Vec::new();
    for line in props.talk.lines() {
        let at = clock::local(line.at);
        // A talk of one day needs no date.
        if day.replace(at.day) != Some(at.day) && !(lines.is_empty() && at.day == today.day) {
            lines.push(html! {
                <p key={format!("d{}", line.key)} class="aside day">{ calendar::day(at, today) }</p>
            });
        }
        lines.push(match &line.what {
            What::Said(said) => bubble(line, said, props),
            _ => aside(line),
        });
    }
    let ahead = props.ahead.iter();
    lines.extend(ahead.map(|ahead| bubble(&ahead.line(), &ahead.said, props)));
    lines.extend(props.outbox.iter().map(|pending| waiting(pending, props)));
    lines.extend(
        props
            .me
            .filter(|_| props.writes)
            .map(|me| writing(me.other())),
    );
    lines.extend(props.alone.clone());
    lines
}

fn writing(seat: Seat) -> Html {
    html! {
        <p key="writing" class="writing" data-testid="typing" aria-hidden="true">
            { format!("Seat {seat} is writing") }<i></i><i></i><i></i>
        </p>
    }
}

fn aside(line: &Line) -> Html {
    let broken = matches!(
        line.what,
        What::Anew | What::Lost { .. } | What::Gap | What::Doubt(_) | What::Afresh | What::Yielded
    );
    html! {
        <p key={format!("a{}", line.key)} class={classes!("aside", broken.then_some("break"))}>
            { wording::line(line, clock::local) }
        </p>
    }
}

/// Another life of the journal may have the same message again, and so may this one if it is told again: that is
/// another line.
fn key(seat: Seat, id: EntryId, epoch: Option<Epoch>) -> String {
    epoch.map_or_else(
        || format!("{seat}{id}"),
        |epoch| format!("{seat}{id}{epoch}"),
    )
}

/// A message keeps its key, and so its place in the document, when it becomes stored.
fn bubble(line: &Line, said: &Said, props: &TranscriptProps) -> Html {
    let key = if line.is_known() {
        key(said.seat, said.id, line.epoch)
    } else if line.is_ahead() {
        key(said.seat, said.id, props.talk.epoch())
    } else {
        format!("b{}", line.key)
    };
    html! {
        <Bubble
            {key}
            id={said.id}
            seat={said.seat}
            mine={said.mine}
            text={said.text.clone()}
            at={line.at}
            rank={Rank::of(said, line.is_ahead() || line.seq() > props.saved.or(Some(Seq(u64::MAX))))}
            closed={said.closed.is_some()}
            crossed={said.crossed}
            ahead={line.is_ahead()}
            seq={line.seq().filter(|_| !said.mine)}
            on_line={props.on_line.clone()}
        />
    }
}

fn waiting(pending: &Pending, props: &TranscriptProps) -> Html {
    html! {
        <Bubble
            key={key(pending.seat, pending.id, pending.epoch)}
            id={pending.id}
            seat={pending.seat}
            mine=true
            text={pending.text.clone()}
            at={pending.written}
            rank={Rank::Pending(pending.progress.clone())}
            offers={Offers {
                again: props.again.filter(|_| pending.is_held()),
                back: pending.is_recallable() && is_offered(pending),
            }}
            on_line={props.on_line.clone()}
        />
    }
}

/// A message is queued for a blink while it is kept: a button then would only flicker.
fn is_offered(pending: &Pending) -> bool {
    pending.is_held() || pending.letter.is_none()
}
