//! Random numbers: the generator behind `?`, seeded by `⎕RL`. Knows nothing of arrays.

/// A 64-bit generator (xoshiro256**, Blackman and Vigna 2018) whose seed is given or taken from the clock.
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
    /// The seed as `⎕RL` shows it; `None` for one taken at random.
    pub seed: Option<u64>,
}

impl Default for Random {
    fn default() -> Self {
        Random::seeded(16807)
    }
}

impl Random {
    /// The generator that starts from `seed`; equal seeds give equal numbers.
    pub fn seeded(seed: u64) -> Random {
        // SplitMix64 spreads the seed over the state, as the authors recommend.
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = x;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        Random { state: [next(), next(), next(), next()], seed: Some(seed) }
    }

    /// A generator that starts somewhere else each time.
    pub fn unseeded() -> Random {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nanos = now.map_or(1, |d| d.as_nanos() as u64);
        Random { seed: None, ..Random::seeded(nanos ^ (u64::from(std::process::id()) << 32)) }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number strictly between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// A whole number from 0 up to but not including `bound`, which is not 0; all equally likely (Lemire 2019).
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut wide = u128::from(self.bits()) * u128::from(bound);
        if (wide as u64) < bound {
            let floor = bound.wrapping_neg() % bound;
            while (wide as u64) < floor {
                wide = u128::from(self.bits()) * u128::from(bound);
            }
        }
        (wide >> 64) as u64
    }
}
