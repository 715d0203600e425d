//! A short run of the attacks in `examples/attack.rs`: the same programs each time, bounded by a number of polls.

#[allow(dead_code)]
#[path = "../examples/attack.rs"]
mod attack;

use attack::Fuel;

#[test]
fn programs_made_at_random_leave_the_session_as_it_should_be() {
    let fuel = Fuel::Polls(3000);
    let examples = attack::examples();
    assert!(examples.len() > 500, "{} examples", examples.len());
    let mut session = attack::session(fuel);
    for number in 1..=1200 {
        if number % 40 == 0 {
            session.run(")clear");
        }
        let program = attack::program(number, &examples);
        let wrong = attack::attack(&mut session, &program, fuel);
        assert_eq!(wrong, None, "{number}: {program:?}");
    }
}
