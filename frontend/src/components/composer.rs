//! Where one writes: the turn's sign, the honest line, the text, and what can be done with it.

use shared::{Mode, Seat};
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::icons;
use crate::browser::focus::COMPOSER;
use crate::browser::view;
use crate::wording::{self, Status, Tone};

/// What a key event of a text under construction (in an input method) has for a code, in browsers that do not say
/// so otherwise.
const IN_COMPOSITION: u32 = 229;

#[derive(PartialEq, Properties)]
pub struct ComposerProps {
    /// What is written.
    pub draft: AttrValue,
    /// Whose turn it is, in words.
    pub turn: Option<String>,
    /// Whether it is mine.
    pub mine: bool,
    /// How the floor is shared.
    pub mode: Mode,
    /// My seat.
    pub me: Option<Seat>,
    /// The honest line.
    pub status: Status,
    /// Whether what is written can be sent.
    pub ready: bool,
    /// Whether the turn can be passed.
    pub may_pass: bool,
    /// The person wrote.
    pub on_write: Callback<String>,
    /// Whether the turn can be asked for.
    pub may_ask: bool,
    /// The person wants it said, and whether the turn is to go on after it.
    pub on_send: Callback<bool>,
    /// The person hands the floor over without a word.
    pub on_pass: Callback<()>,
    /// The person asks for the floor.
    pub on_ask: Callback<()>,
}

impl ComposerProps {
    fn strictly_mine(&self) -> bool {
        self.mine && self.mode == Mode::Strict
    }
}

/// Where one writes.
#[component]
pub fn Composer(props: &ComposerProps) -> Html {
    let field = use_node_ref();
    let keeps = use_state_eq(|| false);
    // It is about one turn; the next begins with what is usual.
    {
        let keeps = keeps.clone();
        use_effect_with(props.strictly_mine(), move |_| keeps.set(false));
    }
    let more = *keeps && props.strictly_mine();
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            if view::welcomes_focus() {
                focus(&field);
            }
        });
    }
    let on_input = props.on_write.reform(|event: InputEvent| {
        event
            .target_dyn_into::<HtmlTextAreaElement>()
            .map_or_else(String::new, |field| field.value())
    });
    let on_key = {
        let on_send = props.on_send.clone();
        Callback::from(move |event: KeyboardEvent| {
            let composing = event.is_composing() || event.key_code() == IN_COMPOSITION;
            if event.key() == "Enter" && !event.shift_key() && !composing {
                event.prevent_default();
                on_send.emit(more);
            }
        })
    };
    // A press leaves the cursor in the text, and on a phone the keyboard open.
    let on_press = Callback::from(|event: MouseEvent| event.prevent_default());
    let then_focus = |act: &Callback<()>| {
        let (act, field) = (act.clone(), field.clone());
        Callback::from(move |_: MouseEvent| {
            act.emit(());
            focus(&field);
        })
    };
    let on_keep = {
        let keeps = keeps.clone();
        Callback::from(move |()| keeps.set(!*keeps))
    };
    // In one's own turn it is handed over, in the other's it is asked for.
    let (act, words, may_act, on_act) = if props.may_ask {
        ("ask", "Ask for the turn", true, &props.on_ask)
    } else {
        ("pass", "Pass", props.may_pass, &props.on_pass)
    };
    let placeholder = if props.mine {
        "Say something"
    } else {
        "Write ahead"
    };
    html! {
        <footer class="floor" data-turn={turn(props)} data-tone={tone(&props.status)}>
            <div class="signs">
                { sign(props) }
                <p id="status" class="status" role="status" data-testid="status">
                    if !props.status.lead.is_empty() {
                        <span class="sr-only">{ format!("{} ", props.status.lead) }</span>
                    }
                    { &props.status.rest }
                    if !props.status.seen.is_empty() {
                        <span aria-hidden="true">{ format!(" {}", props.status.seen) }</span>
                    }
                </p>
                if props.mode == Mode::Strict {
                    <span class="acts">
                        if props.strictly_mine() {
                            <button
                                type="button"
                                class="button small toggle"
                                data-testid="keep-turn"
                                aria-pressed={keeps.to_string()}
                                title="Send several messages before the turn changes"
                                onmousedown={on_press.clone()}
                                onclick={then_focus(&on_keep)}
                            >
                                { "Not done yet" }
                            </button>
                        }
                        <button
                            type="button"
                            class="button small"
                            data-testid={act}
                            aria-disabled={(!may_act).to_string()}
                            aria-describedby="status"
                            onmousedown={on_press.clone()}
                            onclick={then_focus(on_act)}
                        >
                            { words }
                        </button>
                    </span>
                }
            </div>
            <div class="sheet">
                <label class="sr-only" for={COMPOSER}>{ "Your message" }</label>
                <div class="grow">
                    <textarea
                        ref={field.clone()}
                        id={COMPOSER}
                        data-testid="composer"
                        rows="1"
                        dir="auto"
                        enterkeyhint="send"
                        aria-describedby="status"
                        {placeholder}
                        value={props.draft.clone()}
                        oninput={on_input}
                        onkeydown={on_key}
                    />
                    // The same text, unseen: it makes the field as high as what is written.
                    <div class="mirror" aria-hidden="true">{ format!("{}\u{200b}", props.draft) }</div>
                </div>
                { count(props.draft.len()) }
                    <button
                        type="button"
                        class="button send"
                        data-testid="send"
                        aria-disabled={(!props.ready).to_string()}
                        aria-describedby="status"
                        onmousedown={on_press}
                        onclick={then_focus(&props.on_send.reform(move |()| more))}
                    >
                        { if more { "Send, go on" } else { "Send" } }
                    </button>
            </div>
        </footer>
    }
}

fn focus(field: &NodeRef) {
    if let Some(field) = field.cast::<HtmlElement>() {
        view::focus(&field);
    }
}

fn turn(props: &ComposerProps) -> Option<&'static str> {
    props.turn.as_ref()?;
    Some(match props.mode {
        Mode::Free => "free",
        Mode::Strict if props.mine => "mine",
        Mode::Strict => "theirs",
    })
}

fn tone(status: &Status) -> &'static str {
    match status.tone {
        Tone::Calm => "calm",
        Tone::No => "no",
        Tone::Trouble => "trouble",
    }
}

fn sign(props: &ComposerProps) -> Html {
    let (Some(words), Some(turn)) = (&props.turn, turn(props)) else {
        return Html::default();
    };
    let icon = if props.mine {
        icons::speak()
    } else {
        icons::wait()
    };
    html! {
        <span class="sign" data-testid="turn" data-turn={turn}>{ icon }{ words }</span>
    }
}

fn count(bytes: usize) -> Html {
    wording::room_left(bytes).map_or_else(Html::default, |words| {
        html! { <span class="count" data-testid="count" role="status">{ words }</span> }
    })
}
