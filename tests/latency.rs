//! How much is done between two polls, counted in requests for memory: the programs of `examples/latency.rs`, with fewer
//! elements. What takes no memory is looked at by the number of polls, in `safety.rs`, and by that example in processor
//! time.

#[allow(dead_code)]
#[path = "../examples/latency.rs"]
mod latency;

/// Elements of the arrays, more than may be taken or given back without a poll.
const ELEMENTS: usize = 150_000;

/// Requests for memory between two polls: to take and give back what each of 65,536 elements needs, three blocks each.
const REQUESTS: u64 = 6 << 16;

/// Polls after which a program is interrupted.
const POLLS: u64 = 2000;

fn all(programs: impl Iterator<Item = (String, String)>) {
    let mut wrong = String::new();
    for program in programs {
        let gap = latency::measure(ELEMENTS, None, Some(POLLS), &program);
        let requests = gap.map(|gap| gap.requests);
        if requests.is_none_or(|requests| requests > REQUESTS) {
            wrong += &format!("{requests:?}  {} ⋄ {}\n", program.0, program.1);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn programs_poll_often_enough() {
    all(latency::others());
}

#[test]
fn functions_poll_often_enough() {
    all(latency::functions().step_by(97));
}

/// An array that nobody frees in pieces would be seen here.
#[test]
fn requests_are_counted() {
    if cfg!(debug_assertions) {
        let program = ("x←⍳¨N⍴1".to_owned(), "x".to_owned());
        let gap = latency::measure(ELEMENTS, None, None, &program).unwrap();
        assert!(gap.requests > 1000, "{gap:?}");
    }
}
