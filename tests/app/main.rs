//! The app without a terminal: the wizard as a function, every screen as cells and as lines, the words and colours they
//! are made of, and whole scripts through the harness.

#[path = "../support/authorization_server.rs"]
mod authorization_server;
mod backend;
mod clinic;
mod device_sign_in;
#[path = "../support/embedded.rs"]
mod embedded;
mod expiry;
mod fhir_client;
mod fhir_mapping;
#[path = "../support/fhir_person.rs"]
mod fhir_person;
mod fhir_platform;
#[expect(dead_code, reason = "the other test programs use more of it")]
#[path = "../support/fhir_server.rs"]
mod fhir_server;
mod gateway;
mod headless;
#[path = "../support/http_server.rs"]
mod http_server;
mod kept_sign_in;
mod linear;
mod long_records;
mod next_visit;
mod noted_people;
mod own_token;
mod pages;
mod pdf;
mod random_keys;
mod remote_platform;
#[path = "../support/ruth.rs"]
mod ruth;
mod scenes;
mod screens;
mod sign_in_ends;
mod themes;
mod two_carriers;
mod withheld;
mod wizard;
mod wizard_screens;
mod words;
