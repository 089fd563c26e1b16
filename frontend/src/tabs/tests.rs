//! A browser with some tabs, a lock and a channel, in which everything happens when the test says so.

use std::collections::VecDeque;

use shared::{EntryId, RoomId, ServerFrame};

use super::*;

const T0: Timestamp = Timestamp(1_000_000);

struct Tab {
    tabs: Tabs,
    /// What the tab has come to.
    shown: Vec<String>,
    frozen: bool,
    /// What was said while it was frozen.
    unheard: Vec<Word>,
}

#[derive(Default)]
struct Browser {
    tabs: Vec<Option<Tab>>,
    /// Who has the lock, and who waits for it.
    line: VecDeque<usize>,
    channel: VecDeque<(usize, Word)>,
    terms: Name,
    now: Timestamp,
}

/// Something that can be told from every other, and is not the same done twice.
fn done(what: &str) -> Want {
    Want::Act(vec![Action::TakeBack(EntryId([what.as_bytes()[0]; 16]))])
}

fn seen(actions: &[Action]) -> Vec<String> {
    actions
        .iter()
        .filter_map(|action| match action {
            Action::TakeBack(id) => Some(char::from(id.0[0]).to_string()),
            _ => None,
        })
        .collect()
}

impl Browser {
    fn new() -> Self {
        Self {
            now: T0,
            ..Self::default()
        }
    }

    fn open(&mut self) -> usize {
        let at = self.tabs.len();
        let (tabs, deeds) = Tabs::join(Name::try_from(at).expect("few tabs"), self.now);
        self.tabs.push(Some(Tab {
            tabs,
            shown: Vec::new(),
            frozen: false,
            unheard: Vec::new(),
        }));
        self.run(at, deeds);
        self.line.push_back(at);
        if self.line.len() == 1 {
            self.grant();
        }
        at
    }

    fn grant(&mut self) {
        if let Some(&at) = self.line.front() {
            self.terms += 1;
            let term = self.terms;
            let deeds = self.tab(at).tabs.granted(term);
            self.run(at, deeds);
        }
    }

    fn close(&mut self, at: usize) {
        self.tabs[at] = None;
        let led = self.line.front() == Some(&at);
        self.line.retain(|&waiting| waiting != at);
        if led {
            self.grant();
        }
    }

    fn tab(&mut self, at: usize) -> &mut Tab {
        self.tabs[at].as_mut().expect("the tab is open")
    }

    fn run(&mut self, at: usize, deeds: Vec<Deed>) {
        for deed in deeds {
            match deed {
                Deed::Post(word) => self.channel.push_back((at, word)),
                Deed::Lead => {
                    let deeds = self.tab(at).tabs.started(Kept::default(), T0);
                    self.run(at, deeds);
                }
                Deed::Steal => {
                    let had = self.line.pop_front();
                    self.line.retain(|&waiting| waiting != at);
                    self.line.push_front(at);
                    if let Some(had) = had.filter(|&had| had != at) {
                        self.line.push_back(had);
                        self.tell_of_loss(had);
                    }
                    self.grant();
                }
                Deed::Yield => {}
                Deed::Follow(story) => self.tab(at).shown = seen(&story.actions),
                Deed::Show { actions, .. } => self.tab(at).shown.extend(seen(&actions)),
                Deed::Do { by, want } => {
                    let Want::Act(actions) = want else { continue };
                    self.tab(at).shown.extend(seen(&actions));
                    let deeds = self.tab(at).tabs.acted(by, actions);
                    self.run(at, deeds);
                }
            }
        }
    }

    fn tell_of_loss(&mut self, at: usize) {
        if !self.tab(at).frozen {
            let now = self.now;
            let deeds = self.tab(at).tabs.lost(now);
            self.run(at, deeds);
        }
    }

    fn freeze(&mut self, at: usize) {
        self.tab(at).frozen = true;
    }

    fn thaw(&mut self, at: usize) {
        self.tab(at).frozen = false;
        if self.line.front() != Some(&at) {
            self.tell_of_loss(at);
        }
        let now = self.now;
        for word in std::mem::take(&mut self.tab(at).unheard) {
            let deeds = self.tab(at).tabs.hear(now, word);
            self.run(at, deeds);
        }
        self.settle();
    }

    fn want(&mut self, at: usize, want: Want) {
        let now = self.now;
        let deeds = self.tab(at).tabs.want(now, want);
        self.run(at, deeds);
    }

    /// Everything that was said is heard.
    fn settle(&mut self) {
        while let Some((from, word)) = self.channel.pop_front() {
            for at in 0..self.tabs.len() {
                let now = self.now;
                let Some(tab) = self.tabs[at].as_mut().filter(|_| at != from) else {
                    continue;
                };
                if tab.frozen {
                    tab.unheard.push(word.clone());
                    continue;
                }
                let Heard::Word(word) = Heard::read(&word.to_text()) else {
                    panic!("{word:?} cannot be read")
                };
                let deeds = tab.tabs.hear(now, word);
                self.run(at, deeds);
            }
        }
    }

    fn wait(&mut self) {
        self.now = self.now.after(PATIENCE);
        for at in 0..self.tabs.len() {
            let now = self.now;
            if let Some(tab) = self.tabs[at].as_mut().filter(|tab| !tab.frozen) {
                let deeds = tab.tabs.woke(now, true);
                self.run(at, deeds);
            }
        }
        self.settle();
    }

    #[track_caller]
    fn all_show(&self, expected: &[&str]) {
        for tab in self.tabs.iter().flatten() {
            assert_eq!(tab.shown, expected);
        }
    }

    fn leaders(&self) -> Vec<usize> {
        let tabs = self.tabs.iter().enumerate();
        tabs.filter(|(_, tab)| tab.as_ref().is_some_and(|tab| tab.tabs.leads()))
            .map(|(at, _)| at)
            .collect()
    }
}

#[test]
fn what_is_done_in_any_tab_is_shown_in_all() {
    let mut browser = Browser::new();
    let [one, two, three] = [(); 3].map(|()| browser.open());
    browser.settle();
    assert_eq!(browser.leaders(), [one]);
    browser.want(two, done("a"));
    browser.want(one, done("b"));
    browser.want(three, done("c"));
    browser.settle();
    let shown = browser.tab(one).shown.clone();
    assert_eq!(shown.len(), 3);
    browser.all_show(&shown.iter().map(String::as_str).collect::<Vec<_>>());
    browser.wait();
    assert_eq!(browser.leaders(), [one], "nobody waits for an answer");
}

#[test]
fn the_next_in_line_leads_when_the_leader_closes_and_nothing_is_lost() {
    let mut browser = Browser::new();
    let [one, two, three] = [(); 3].map(|()| browser.open());
    browser.settle();
    browser.want(three, done("a"));
    browser.settle();
    // It was wanted, and the leader went before it heard of it.
    browser.want(three, done("b"));
    browser.close(one);
    browser.settle();
    assert_eq!(browser.leaders(), [two]);
    browser.all_show(&["a", "b"]);
    assert!(browser.tab(three).tabs.wants.is_empty());
}

#[test]
fn a_tab_that_takes_over_does_what_was_wanted_in_it() {
    let mut browser = Browser::new();
    let [one, two] = [(); 2].map(|()| browser.open());
    browser.settle();
    browser.want(two, done("a"));
    browser.close(one);
    browser.settle();
    assert_eq!(browser.tab(two).shown, ["a"]);
    assert_eq!(browser.leaders(), [two]);
}

#[test]
fn a_frozen_leader_is_relieved_and_mirrors_when_it_wakes() {
    let mut browser = Browser::new();
    let [one, two, three] = [(); 3].map(|()| browser.open());
    browser.settle();
    browser.freeze(one);
    browser.want(two, done("a"));
    browser.settle();
    assert!(browser.tab(two).shown.is_empty());
    browser.wait();
    assert_eq!(browser.tab(two).shown, ["a"]);
    assert_eq!(browser.tab(three).shown, ["a"]);
    browser.thaw(one);
    assert_eq!(browser.leaders(), [two]);
    browser.all_show(&["a"]);
    // It is last in line now.
    browser.close(two);
    browser.settle();
    assert_eq!(browser.leaders(), [three]);
}

#[test]
fn a_tab_that_finds_a_frozen_leader_takes_over() {
    let mut browser = Browser::new();
    let one = browser.open();
    browser.freeze(one);
    let two = browser.open();
    browser.settle();
    browser.wait();
    assert!(browser.tab(two).tabs.leads());
}

#[test]
fn looking_at_a_tab_asks_for_a_sign_of_life() {
    let mut browser = Browser::new();
    let [one, two] = [(); 2].map(|()| browser.open());
    browser.settle();
    let now = browser.now;
    let deeds = browser.tab(two).tabs.looked_at(now);
    assert!(matches!(
        deeds[..],
        [Deed::Post(Word::Want {
            want: Want::Look,
            ..
        })]
    ));
    browser.run(two, deeds);
    browser.freeze(one);
    browser.settle();
    browser.wait();
    assert!(browser.tab(two).tabs.leads());
    let deeds = browser.tab(two).tabs.looked_at(now);
    assert!(deeds.is_empty(), "the leader sees for itself");
}

#[test]
fn a_leader_that_fell_silent_is_asked_and_relieved() {
    let mut browser = Browser::new();
    let [one, two] = [(); 2].map(|()| browser.open());
    browser.settle();
    let later = browser.now.after(IDLE);
    assert_eq!(browser.tab(two).tabs.next_wake(), Some(later));
    browser.now = later;
    browser.wait();
    assert_eq!(browser.leaders(), [one], "it has answered");
    browser.freeze(one);
    browser.now = browser.now.after(IDLE);
    browser.wait();
    assert!(!browser.tab(two).tabs.leads(), "it may still answer");
    browser.wait();
    assert!(browser.tab(two).tabs.leads());
    assert_eq!(browser.tab(two).tabs.next_wake(), None);
}

#[test]
fn a_leader_that_is_slow_to_begin_is_not_robbed() {
    let (mut slow, _) = Tabs::join(1, T0);
    assert!(matches!(slow.granted(7)[..], [Deed::Lead]));
    let (mut other, _) = Tabs::join(2, T0);
    let soon = slow.hear(T0, Word::Join(2));
    let [Deed::Post(word)] = &soon[..] else {
        panic!("{soon:?}")
    };
    assert!(other.hear(T0, word.clone()).is_empty());
    assert!(other.woke(T0.after(PATIENCE), true).is_empty());
    // But one that was frozen while it prepared does not keep the others waiting for ever.
    let stolen = other.woke(T0.after(PREPARES), true);
    assert!(matches!(stolen[..], [Deed::Steal]));
}

#[test]
fn news_of_another_time_is_no_news() {
    let mut browser = Browser::new();
    let [_, two] = [(); 2].map(|()| browser.open());
    browser.settle();
    let news = |term| Word::News {
        term,
        by: None,
        actions: vec![Action::Write("a".into())],
    };
    assert!(browser.tab(two).tabs.hear(T0, news(99)).is_empty());
    assert_eq!(browser.tab(two).tabs.hear(T0, news(1)).len(), 1);
}

#[test]
fn what_was_withdrawn_is_known_by_whoever_leads_next() {
    let mut browser = Browser::new();
    let [one, two] = [(); 2].map(|()| browser.open());
    browser.settle();
    browser.want(one, done("a"));
    browser.settle();
    browser.close(one);
    let id = |what: u8| EntryId([what; 16]);
    assert!(browser.tab(two).tabs.has_taken_back(id(b'a')));
    assert!(!browser.tab(two).tabs.has_taken_back(id(b'b')));
}

#[test]
fn what_belongs_to_one_tab_stays_there() {
    let mut browser = Browser::new();
    let one = browser.open();
    let own = vec![
        Action::Tick(T0),
        Action::Refuse(crate::state::Refusal::Empty),
        Action::Frame(ServerFrame::Pong {}, T0),
        Action::Mirrored(Box::new(crate::state::View::new(RoomId::Table, T0))),
    ];
    assert!(browser.tab(one).tabs.acted(None, own).is_empty());
}

#[test]
fn a_tab_that_was_robbed_robs_nobody_before_somebody_looks_at_it() {
    let (mut tab, _) = Tabs::join(1, T0);
    let _ = (tab.granted(7), tab.started(Kept::default(), T0));
    // Whoever leads from then on speaks, but not so that this one understands.
    let _ = (tab.lost(T0), tab.hear(T0, Word::Lead(8)));
    assert_eq!(tab.next_wake(), None);
    let asked = tab.looked_at(T0);
    assert!(matches!(asked[..], [Deed::Post(Word::Join(1))]));
    assert!(matches!(
        tab.woke(T0.after(PATIENCE), true)[..],
        [Deed::Steal]
    ));
}
