//! One binary with every test: `verdicts` need no abort, `aborts` end their instance.

mod aborts;
mod verdicts;
