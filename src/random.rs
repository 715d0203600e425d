//! Random numbers: the generators behind `?` that `⎕RL` chooses from. Knows nothing of arrays.
//!
//! The numbers are Dyalog's, for equal seeds. Its documentation names the generators, and its examples show the rest:
//! the first block of the Mersenne Twister is the seeded state itself; a random integer is made of as many low bits as its
//! bound has, and drawn again if it is too large; a random fraction is made of the 53 high bits.

use std::hash::{BuildHasher, RandomState};

/// The words of a twister's state.
const WORDS: usize = 312;
/// Lehmer's modulus.
const MODULUS: u64 = (1 << 31) - 1;

/// A generator and what `⎕RL` may tell of it.
#[derive(Clone, Debug)]
pub struct Random {
    source: Source,
    /// Whether the seed was taken at random and is not shown by `⎕RL`.
    hidden: bool,
}

#[derive(Clone, Debug)]
enum Source {
    /// 0: Lehmer's linear congruential generator, by its last number.
    Lehmer(u64),
    /// 1: the Mersenne Twister of 64 bits (Matsumoto and Nishimura 2004), and how many words of a block are used up.
    Twister(Box<[u64; WORDS]>, usize),
    /// 2: the operating system's, as the keys of a hash of a counter.
    System(Box<RandomState>, u64),
}

/// The first item of `⎕RL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seed {
    /// `⍬`: taken at random and not told.
    Hidden,
    /// A number; 0 takes one at random.
    Number(u64),
    /// The twister's state: how many words are used up, then the halves of all of them.
    State(Vec<i32>),
}

impl Default for Random {
    fn default() -> Self {
        Random::seeded(16807)
    }
}

/// A number from the operating system, other each time.
fn entropy() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

impl Random {
    /// The twister that starts from `seed`; equal seeds give equal numbers.
    pub fn seeded(seed: u64) -> Random {
        let mut words = Box::new([0; WORDS]);
        let mut last = seed;
        for (k, word) in words.iter_mut().enumerate() {
            if k > 0 {
                last = (last ^ (last >> 62)).wrapping_mul(6364136223846793005).wrapping_add(k as u64);
            }
            *word = last;
        }
        Random { source: Source::Twister(words, 0), hidden: false }
    }

    /// A twister that starts somewhere else each time.
    pub fn unseeded() -> Random {
        Random { hidden: true, ..Random::seeded(entropy()) }
    }

    /// Generator 0, 1 or 2 from a seed; `None` where it does not take that seed.
    pub fn of(generator: u8, seed: Seed) -> Option<Random> {
        let hidden = seed == Seed::Hidden;
        let source = match (generator, seed) {
            (0, Seed::Hidden | Seed::Number(0)) => Source::Lehmer(1 + entropy() % (MODULUS - 1)),
            (0, Seed::Number(seed)) => Source::Lehmer(Some(seed).filter(|&seed| seed < MODULUS)?),
            (1, Seed::Hidden | Seed::Number(0)) => Random::seeded(entropy()).source,
            (1, Seed::Number(seed)) => Random::seeded(seed).source,
            (1, Seed::State(state)) => twister(&state)?,
            (2, Seed::Hidden) => Source::System(Box::default(), 0),
            _ => return None,
        };
        Some(Random { source, hidden })
    }

    /// The number of the generator.
    pub fn generator(&self) -> u8 {
        match self.source {
            Source::Lehmer(_) => 0,
            Source::Twister(..) => 1,
            Source::System(..) => 2,
        }
    }

    /// The seed that would go on as this generator does.
    pub fn seed(&self) -> Seed {
        match &self.source {
            _ if self.hidden => Seed::Hidden,
            Source::Lehmer(last) => Seed::Number(*last),
            Source::Twister(words, used) => {
                let halves = words.iter().flat_map(|&word| [(word >> 32) as i32, word as i32]);
                Seed::State([*used as i32].into_iter().chain(halves).collect())
            }
            Source::System(..) => Seed::Hidden,
        }
    }

    /// 64 random bits; 31 of Lehmer's.
    fn bits(&mut self) -> u64 {
        match &mut self.source {
            Source::Lehmer(last) => {
                *last = *last * 16807 % MODULUS;
                *last
            }
            Source::Twister(words, used) => {
                if *used >= WORDS {
                    twist(words);
                    *used = 0;
                }
                let mut x = words[*used];
                *used += 1;
                x ^= (x >> 29) & 0x5555_5555_5555_5555;
                x ^= (x << 17) & 0x71D6_7FFF_EDA6_0000;
                x ^= (x << 37) & 0xFFF7_EEE0_0000_0000;
                x ^ (x >> 43)
            }
            Source::System(keys, counter) => {
                *counter = counter.wrapping_add(1);
                keys.hash_one(*counter)
            }
        }
    }

    /// A number strictly between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        if let Source::Lehmer(_) = self.source {
            return self.bits() as f64 / MODULUS as f64;
        }
        loop {
            let bits = self.bits() >> 11;
            if bits != 0 {
                return bits as f64 / (1u64 << 53) as f64;
            }
        }
    }

    /// A whole number from 0 up to but not including `bound`, which is not 0; all equally likely, but for Lehmer's.
    pub fn below(&mut self, bound: u64) -> u64 {
        if let Source::Lehmer(_) = self.source {
            // Two numbers where one has too few bits.
            let high = u128::from(self.bits() - 1);
            if bound <= MODULUS {
                return (u128::from(bound) * (high + 1) / u128::from(MODULUS)) as u64;
            }
            let low = u128::from(self.bits() - 1);
            let all = u128::from(MODULUS - 1);
            return (u128::from(bound) * (high * all + low) / (all * all)) as u64;
        }
        let mask = u64::MAX.checked_shr((bound - 1).leading_zeros()).unwrap_or(0);
        loop {
            let number = self.bits() & mask;
            if number < bound {
                return number;
            }
        }
    }
}

/// The next block of a twister.
fn twist(words: &mut [u64; WORDS]) {
    const HIGH: u64 = u64::MAX << 31;
    for k in 0..WORDS {
        let x = (words[k] & HIGH) | (words[(k + 1) % WORDS] & !HIGH);
        let odd = if x & 1 == 1 { 0xB502_6F5A_A966_19E9 } else { 0 };
        words[k] = words[(k + WORDS / 2) % WORDS] ^ (x >> 1) ^ odd;
    }
}

/// A twister from its state as `⎕RL` tells it.
fn twister(state: &[i32]) -> Option<Source> {
    let (used, halves) = state.split_first()?;
    let used = usize::try_from(*used).ok().filter(|&used| used <= WORDS)?;
    if halves.len() != 2 * WORDS {
        return None;
    }
    let mut words = Box::new([0; WORDS]);
    for (word, pair) in words.iter_mut().zip(halves.chunks_exact(2)) {
        *word = u64::from(pair[0] as u32) << 32 | u64::from(pair[1] as u32);
    }
    Some(Source::Twister(words, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(random: &Random) -> Vec<i32> {
        match random.seed() {
            Seed::State(state) => state[..5].to_vec(),
            _ => Vec::new(),
        }
    }

    /// The numbers of Dyalog's page about `⎕RL`.
    #[test]
    fn the_twister_is_dyalogs() {
        let mut random = Random::seeded(16807);
        let mut deck: Vec<u64> = (1..=10).collect();
        for k in 0..10 {
            deck.swap(k, k + random.below(10 - k as u64) as usize);
        }
        assert_eq!(deck, [4, 1, 6, 5, 2, 9, 7, 10, 3, 8]);
        assert_eq!(first(&random), [10, 0, 16807, 1819658750, -355441828]);
        for _ in 0..1000 {
            random.below(1000);
        }
        assert_eq!(first(&random), [100, -465541037, -1790786136, -205462449, 996695303]);
    }

    #[test]
    fn a_state_goes_on() {
        for generator in [0, 1] {
            let mut random = Random::of(generator, Seed::Number(42)).unwrap();
            for _ in 0..400 {
                random.below(7);
            }
            let mut same = Random::of(generator, random.seed()).unwrap();
            let draw = |random: &mut Random| -> Vec<u64> { (1..50).map(|n| random.below(n << 30)).collect() };
            assert_eq!(draw(&mut random), draw(&mut same));
        }
    }

    #[test]
    fn lehmers_numbers() {
        let mut random = Random::of(0, Seed::Number(16807)).unwrap();
        assert_eq!([random.below(9), random.below(9), random.below(9)], [1, 6, 4]);
        assert_eq!(random.seed(), Seed::Number(984943658));
    }

    #[test]
    fn seeds_that_do_not_fit() {
        let wrong = [(0, Seed::Number(MODULUS)), (0, Seed::State(vec![0; 625])), (2, Seed::Number(1))];
        assert!(wrong.into_iter().all(|(generator, seed)| Random::of(generator, seed).is_none()));
        assert!(Random::of(1, Seed::State(vec![0; 624])).is_none());
        assert!(Random::of(1, Seed::State(vec![313; 625])).is_none());
        assert!(Random::of(3, Seed::Hidden).is_none());
    }

    #[test]
    fn fractions_are_between_0_and_1() {
        for generator in [0, 1, 2] {
            let mut random = Random::of(generator, Seed::Hidden).unwrap();
            assert!((0..1000).map(|_| random.unit()).all(|x| 0.0 < x && x < 1.0));
            assert!((1..1000).all(|bound| random.below(bound) < bound));
            assert_eq!(random.seed(), Seed::Hidden);
        }
    }
}
