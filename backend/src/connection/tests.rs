//! How often a connection may overstep its rate.

use super::*;
use crate::limits::Limits;

#[test]
fn patience_is_for_refusals_in_a_row() {
    let mut gate = Gate::new(&Limits {
        frames_per_second: 1,
        burst: 1,
        patience: 3,
        ..Limits::default()
    });
    let mut now = Instant::now();
    // Three refusals after each frame that passes, for ever.
    for _ in 0..10 {
        assert_eq!(gate.admit(now), Ok(Ok(())));
        for _ in 0..3 {
            let refused = gate.admit(now);
            assert!(
                matches!(refused, Ok(Err(Rejection::RateLimited { .. }))),
                "{refused:?}"
            );
        }
        now += Duration::from_secs(1);
    }
    // A fourth is one too many.
    assert_eq!(gate.admit(now), Ok(Ok(())));
    for _ in 0..3 {
        assert!(matches!(gate.admit(now), Ok(Err(_))));
    }
    assert_eq!(gate.admit(now), Err(Some(CloseCode::FLOOD)));
}
