//! One suite for every care platform: on the store of this computer, on a small FHIR server of the tests, and on real
//! servers where they are named ([`place`]). And the program against a server: the whole job, two terminals, a network
//! that fails in every way that networks do. And signing in at an authorization server that nobody here wrote.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod another_person;
mod asked_for;
mod besides;
#[path = "../app/random_keys/chance.rs"]
mod chance;
mod corrected;
mod corrected_and_held_up;
mod created;
mod economy;
#[expect(dead_code, reason = "the other test programs use more of it")]
#[path = "../support/embedded.rs"]
mod embedded;
mod equal_results;
mod exported;
mod faults;
#[path = "../support/fhir_server.rs"]
mod fhir_server;
mod given_away;
#[path = "../support/http_server.rs"]
mod http_server;
mod jobs;
mod late;
#[path = "../support/made_up.rs"]
mod made_up;
mod merged;
mod oidc_provider;
mod people;
mod place;
#[expect(dead_code, reason = "the other test programs use more of it")]
#[path = "../support/program.rs"]
mod program;
mod proxy;
mod records;
mod stood_behind;
mod terminals;
mod told_twice;
mod undone;
mod undone_by_chance;
