//! Numbers for what is asked, and keys for what is written. Every part of the app that asks for something takes them
//! from the one store of them, so that no two answers can be taken for each other.

use super::effect::Ticket;
use crate::domain::association::IdempotencyKey;

/// Gives out tickets and idempotency keys, each once.
#[derive(Debug, Clone)]
pub struct Tickets {
    nonce: String,
    last: u64,
}

impl Tickets {
    /// Starts with a text that is new at every start of the program.
    #[must_use]
    pub const fn new(nonce: String) -> Self {
        Self { nonce, last: 0 }
    }

    /// The next ticket.
    pub const fn next(&mut self) -> Ticket {
        self.last += 1;
        Ticket(self.last)
    }

    /// The next idempotency key.
    pub fn key(&mut self) -> IdempotencyKey {
        let Ticket(number) = self.next();
        IdempotencyKey(format!("{}-{number}", self.nonce))
    }
}
