//! One binary with every test: `aborts` end their instance, `timers` wait, `verdicts` do neither.

mod aborts;
mod timers;
mod verdicts;
