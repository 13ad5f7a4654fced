//! The program as it is shipped: its command line, its full screen on a pseudo-terminal, its journeys, and what its
//! sources and its documents promise.

mod app_on_terminal;
mod audit_export;
#[path = "../support/authorization_server.rs"]
mod authorization_server;
mod cli_store;
mod command_line;
mod command_line_folder;
mod command_line_socket;
mod config_command;
mod demo_meters;
mod every_meter;
mod export_command;
mod failures;
#[path = "../support/fhir_person.rs"]
mod fhir_person;
#[expect(dead_code, reason = "the other test programs use more of it")]
#[path = "../support/fhir_server.rs"]
mod fhir_server;
#[path = "../support/http_server.rs"]
mod http_server;
mod import_command;
mod journeys;
mod killed;
mod killed_delivery;
mod layers;
mod log;
#[path = "../support/made_up.rs"]
mod made_up;
mod memory;
mod meters_command;
mod platform_command;
mod platform_moved;
mod platform_sign_in;
#[path = "../support/program.rs"]
mod program;
mod promises;
#[path = "../support/pty.rs"]
mod pty;
mod readme;
mod real_bus;
mod shell_command;
mod signals;
mod simulator_faults;
mod staff_command;
mod stats_command;
mod store_backup;
mod store_command;
mod store_fill;
mod sync_command;
mod sync_signed_in;
mod terminal;
mod training;
mod two_processes;
mod typed_password;
mod waiting;
#[path = "../support/whole_job.rs"]
mod whole_job;
