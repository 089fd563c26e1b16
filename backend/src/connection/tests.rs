//! How often a connection may overstep its rate.

use super::*;
use crate::limits::Limits;

fn gate(patience: u32) -> Gate {
    Gate::new(&Limits {
        frames_per_second: 1,
        burst: 1,
        patience,
        ..Limits::default()
    })
}

fn is_refused(admitted: &Result<Result<(), Rejection>, Ending>) -> bool {
    matches!(admitted, Ok(Err(Rejection::RateLimited { .. })))
}

#[test]
fn whoever_is_refused_no_more_often_than_they_pass_may_stay() {
    let mut gate = gate(1);
    let mut now = Instant::now();
    for _ in 0..1_000 {
        assert_eq!(gate.admit(now), Ok(Ok(())));
        let refused = gate.admit(now);
        assert!(is_refused(&refused), "{refused:?}");
        now += Duration::from_secs(1);
    }
}

#[test]
fn whoever_is_refused_more_often_is_ended() {
    let mut gate = gate(3);
    let mut now = Instant::now();
    // One more each second than passes.
    for _ in 0..2 {
        assert_eq!(gate.admit(now), Ok(Ok(())));
        assert!(is_refused(&gate.admit(now)));
        assert!(is_refused(&gate.admit(now)));
        now += Duration::from_secs(1);
    }
    assert_eq!(gate.admit(now), Ok(Ok(())));
    assert!(is_refused(&gate.admit(now)));
    assert_eq!(gate.admit(now), Err(Some(CloseCode::FLOOD)));
}
