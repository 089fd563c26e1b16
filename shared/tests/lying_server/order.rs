//! Lies made of true entries only: left out, put elsewhere, shown again, taken from another talk.

use shared::Entry;

use crate::story::{Story, renumbered};
use crate::{Lie, each_is_noticed, forged, gap, other_history, repeated};
use crate::{against_rules, story_of_another_epoch, story_of_another_room};

fn without(story: &Story, seq: usize) -> Vec<Entry> {
    let mut shown = story.log.clone();
    shown.remove(seq - 1);
    shown
}

fn swapped(story: &Story, seq: usize) -> Vec<Entry> {
    let mut shown = story.log.clone();
    shown.swap(seq - 1, seq);
    shown
}

fn again(story: &Story, seq: usize) -> Vec<Entry> {
    let mut shown = story.log.clone();
    shown.push(shown[seq - 1].clone());
    shown
}

fn twice(story: &Story, seq: usize) -> Vec<Entry> {
    let mut shown = story.log.clone();
    shown.insert(seq, shown[seq - 1].clone());
    shown
}

fn spliced(story: &Story, other: &Story, seq: usize) -> Vec<Entry> {
    let mut shown = story.log.clone();
    shown[seq - 1] = other.log[seq - 1].clone();
    shown
}

#[rustfmt::skip]
const LIES: &[Lie] = &[
    ("a message is missing", |s| without(s, 4), gap(4, 5)),
    ("a message is missing, and the rest renumbered", |s| renumbered(without(s, 4)), other_history(4)),
    ("a message is missing, and the seam smoothed", |s| s.smoothed(without(s, 4)), forged(4)),
    ("a new key is missing, smoothed", |s| s.smoothed(without(s, 7)), forged(7)),
    ("a departure is missing, smoothed", |s| s.smoothed(without(s, 9)), forged(9)),
    ("a new link is missing, smoothed", |s| s.smoothed(without(s, 10)), against_rules(10)),
    ("an arrival is missing, smoothed", |s| s.smoothed(without(s, 11)), forged(11)),
    ("the first arrival is missing", |s| without(s, 1), gap(1, 2)),
    ("the first arrival is missing, smoothed", |s| s.smoothed(without(s, 1)), against_rules(1)),
    ("two messages are exchanged", |s| swapped(s, 3), gap(3, 4)),
    ("two messages are exchanged and renumbered", |s| renumbered(swapped(s, 3)), other_history(3)),
    ("two messages are exchanged, smoothed", |s| s.smoothed(swapped(s, 3)), forged(3)),
    ("a message and a pass are exchanged, smoothed", |s| s.smoothed(swapped(s, 4)), forged(4)),
    ("an arrival comes before its link, smoothed", |s| s.smoothed(swapped(s, 10)), against_rules(10)),
    ("two arrivals are exchanged, smoothed", |s| s.smoothed(swapped(s, 1)), against_rules(1)),
    ("a message is shown twice", |s| twice(s, 4), repeated(4)),
    ("a message is shown twice, smoothed", |s| s.smoothed(twice(s, 4)), repeated(5)),
    ("a pass is shown twice, smoothed", |s| s.smoothed(twice(s, 5)), forged(6)),
    ("an old message comes again", |s| again(s, 3), repeated(3)),
    ("an old message comes again as new", |s| s.smoothed(again(s, 3)), repeated(15)),
    ("an old pass comes again as new", |s| s.smoothed(again(s, 5)), forged(15)),
    ("an old departure comes again as new", |s| s.smoothed(again(s, 9)), forged(15)),
    ("an old link comes again as new", |s| s.smoothed(again(s, 10)), forged(15)),
    ("an old key is handed over again as new", |s| s.smoothed(again(s, 7)), forged(15)),
    ("an old arrival comes again as new", |s| s.smoothed(again(s, 2)), against_rules(15)),
    ("a message of another room", |s| spliced(s, &story_of_another_room(), 4), other_history(4)),
    ("a message of another room, smoothed", |s| s.smoothed(spliced(s, &story_of_another_room(), 4)), forged(4)),
    ("an arrival of another room, smoothed", |s| s.smoothed(spliced(s, &story_of_another_room(), 2)), forged(2)),
    ("a new link of another room, smoothed", |s| s.smoothed(spliced(s, &story_of_another_room(), 10)), forged(10)),
    ("a message of another time", |s| spliced(s, &story_of_another_epoch(), 4), other_history(4)),
    ("a message of another time, smoothed", |s| s.smoothed(spliced(s, &story_of_another_epoch(), 4)), forged(4)),
    ("a new link of another time, smoothed", |s| s.smoothed(spliced(s, &story_of_another_epoch(), 10)), forged(10)),
    ("the talk of another room", |_| story_of_another_room().log, other_history(1)),
    ("the talk of another time", |_| story_of_another_epoch().log, other_history(1)),
    ("the talk of another time, smoothed", |s| s.smoothed(story_of_another_epoch().log), forged(3)),
];

#[test]
fn true_entries_in_a_false_order_are_noticed() {
    each_is_noticed(LIES);
}

/// No entry can be left out and no two neighbours exchanged, however the seam is smoothed; but the end can be kept back.
#[test]
fn no_entry_is_missed_that_something_follows_upon() {
    let story = crate::story();
    for seq in 1..story.log.len() {
        for shown in [without(&story, seq), swapped(&story, seq)] {
            for shown in [
                story.smoothed(shown.clone()),
                renumbered(shown.clone()),
                shown,
            ] {
                let read = crate::read(&mut story.one(), &shown);
                assert!(read.is_err(), "entry {seq}");
            }
        }
    }
}
