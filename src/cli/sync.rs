//! `glucodock sync`: delivers to the care platform what was decided on this computer, and says how each item stands.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::iter;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::output::{Side, aligned, print_text};
use super::settings::SettingsOptions;
use super::store::{StoreOptions, local_administrator, now, store_json, store_mark};
use super::{CommandError, Exit, Format, why_waiting};
use crate::domain::association::IdempotencyKey;
use crate::domain::calendar::written_to_the_second;
use crate::domain::delivery::{DeliveryState, Item, ItemKind, ItemStanding, LastAttempt, Outbox};
use crate::domain::problem::Problem;
use crate::domain::validation;
use crate::engine::effects::{Backend, Carried, Courier};
use crate::host::clock::{Clock as _, SystemClock};
use crate::host::signals::{Signal, Signals};
use crate::station::Station;

/// How long a reason may be, in characters.
const REASON: usize = 200;

/// When it is looked at again whether another program still carries.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// When the outbox is looked at again at the latest while its next try is waited for: another program may have carried
/// it meanwhile, or somebody may have had something tried again.
const MEANWHILE: Duration = Duration::from_secs(5);

/// What to deliver, and how.
#[derive(Debug, Args)]
pub(super) struct SyncOptions {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    settings: SettingsOptions,
    /// Try what is due once, and do not wait for what is not; without it, until nothing is left or Ctrl-C is pressed
    #[arg(long)]
    once: bool,
    /// Try an item again that the platform did not take, after somebody has looked at it
    #[arg(long, value_name = "KEY", requires = "reason")]
    release: Option<String>,
    /// Why it is tried again; it goes into the audit trail
    #[arg(long, value_name = "TEXT", requires = "release")]
    reason: Option<String>,
}

/// Delivers, and lists what was to be delivered. Exit code 5 if anything of it is not at the platform.
pub(super) fn run(options: &SyncOptions, format: Format) -> Result<Exit, CommandError> {
    let platform = options.settings.care_platform(&options.store.folder()?)?;
    let is_server = platform.directory().is_some();
    let store = options.store.open_existing()?;
    let purpose = store.purpose();
    let backend = platform.on(store)?;
    let station = backend.station.clone();
    if let (Some(key), Some(reason)) = (&options.release, &options.reason) {
        // Before the outbox is looked at: it goes in this run.
        release(&station, key, reason)?;
    }
    // Taken down before anything is carried: what was delivered is in the list afterwards too, and
    // says so.
    let before = station.store().undelivered()?;
    let mut not_kept = None;
    if is_server && !before.is_empty() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        not_kept = runtime.block_on(carry(backend, options.once, format))?;
    }
    let items = before
        .iter()
        .filter_map(|item| station.store().delivery(&item.key).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    let outbox = Outbox::of(station.store().undelivered()?);
    let at = now();
    let lines: Vec<SyncLine> = items.iter().map(|item| SyncLine::of(item, &outbox, at)).collect();
    match format {
        Format::Json => {
            let items: Vec<Value> = lines.iter().map(SyncLine::object).collect();
            store_json(purpose, json!({ "server": is_server, "items": items }))?;
        }
        Format::Text if lines.is_empty() => {
            print_text(&format!("{}Nothing is to be delivered.\n", store_mark(purpose)))?;
        }
        Format::Text => print_text(&format!("{}{}", store_mark(purpose), table(&lines)))?,
    }
    if let Some(Problem { code, detail, .. }) = not_kept {
        let told =
            format!("what is to be delivered cannot be noted: {detail}. Nothing is lost; see to it and sync again");
        return Err(CommandError::new(Exit::Failed, told).with_code(code).with_detail(detail.as_str()).told_in_json());
    }
    let is_done = lines.iter().all(|line| line.state == "delivered");
    Ok(if is_done { Exit::Done } else { Exit::Platform })
}

fn release(station: &Station, key: &str, reason: &str) -> Result<(), CommandError> {
    let reason = validation::whole(reason, REASON).map_err(|_| {
        CommandError::usage(format!("--reason: say why, in at most {REASON} characters that can be shown"))
    })?;
    let key = IdempotencyKey(key.to_owned());
    if station.store().release(local_administrator(), &key, &reason)? {
        return Ok(());
    }
    let said = "--release: no such item was refused or is misplaced; glucodock sync --once lists them";
    Err(CommandError::usage(said).because_of("release"))
}

/// Carries until nothing is left that can be, or somebody says to stop. Gives why, if the outbox cannot be read or
/// written.
async fn carry(backend: Backend, once: bool, format: Format) -> io::Result<Option<Problem>> {
    let courier = Courier::new(backend, Arc::new(|| SystemClock.now()));
    let mut signals = Signals::listen()?;
    let mut tried = BTreeSet::new();
    let mut told = None;
    loop {
        let carried = {
            let mut carrying = pin!(courier.carry_one());
            tokio::select! {
                carried = &mut carrying => carried,
                () = told_to_stop(&mut signals) => {
                    // What came of it is noted, so that nobody has to find out whether it arrived.
                    say(format, "Stopping behind the delivery under way; Ctrl-C again stops at once.");
                    courier.stop();
                    return Ok(tokio::select! {
                        carried = carrying => match carried {
                            Carried::NotKept(problem) => Some(problem),
                            Carried::One(_) | Carried::Nothing | Carried::NothingBefore(_) | Carried::ByAnother => None,
                        },
                        () = told_to_stop(&mut signals) => None,
                    });
                }
            }
        };
        let wait = match carried {
            // What comes round again was tried before.
            Carried::One(key) if tried.insert(key.clone()) || !once => continue,
            Carried::NotKept(problem) => return Ok(Some(problem)),
            Carried::One(_) | Carried::Nothing => return Ok(None),
            Carried::NothingBefore(_) if once => return Ok(None),
            Carried::NothingBefore(when) => {
                if told.replace(when) != Some(when) {
                    say(format, &format!("Waiting until {} for the next try; Ctrl-C stops.", written(when)));
                }
                // What has become due meanwhile waits no time, and not a negative one.
                Duration::try_from(when.duration_since(now())).unwrap_or_default().min(MEANWHILE)
            }
            Carried::ByAnother => LOOK_AGAIN,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = told_to_stop(&mut signals) => return Ok(None),
        }
    }
}

async fn told_to_stop(signals: &mut Signals) {
    loop {
        match signals.next().await {
            Signal::Resized | Signal::Continued | Signal::Stopped => {}
            Signal::Terminate | Signal::Hangup | Signal::Interrupt | Signal::Ending(_) => return,
        }
    }
}

/// Says what is waited for, to people.
fn say(format: Format, text: &str) {
    if format == Format::Text {
        // Nobody is left to tell if stderr is closed; the work goes on all the same.
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// An item as it is told.
struct SyncLine {
    key: String,
    kind: &'static str,
    state: &'static str,
    attempts: u32,
    since: Timestamp,
    next_try: Option<Timestamp>,
    reason: Option<String>,
    stayed: Option<u32>,
    behind: Option<String>,
}

impl SyncLine {
    fn of(item: &Item, outbox: &Outbox, now: Timestamp) -> Self {
        let (mut state, mut next_try, mut reason, mut behind) = ("delivered", None, None, None);
        match &item.state {
            DeliveryState::Delivered => reason = why_waiting::after(item.last.as_ref()),
            DeliveryState::Withdrawn(_) => {
                state = "taken-back";
                reason = Some("the meter is another patient's there".to_owned());
            }
            DeliveryState::Undone => {
                state = "undone";
                reason = Some("its assignment was undone here".to_owned());
            }
            DeliveryState::Refused(why) => {
                state = "refused";
                reason = Some(why.to_string());
            }
            DeliveryState::Queued(due) => {
                state = "waiting";
                // What is due has no time to wait for: it is only behind others, or nobody carries.
                next_try = Some(*due).filter(|due| *due > now);
                reason = why_waiting::after(item.last.as_ref());
            }
            DeliveryState::Sending => state = "waiting",
            DeliveryState::Misplaced(_) => {
                state = "misplaced";
                let is_sure = item.was_recorded();
                let why = if is_sure { why_waiting::MISPLACED } else { why_waiting::PERHAPS_MISPLACED };
                reason = Some(why.to_owned());
            }
        }
        if let Some(ItemStanding::Blocked(key)) = outbox.standing(&item.key) {
            // It has no time of its own: what stands before it goes first.
            (state, next_try) = ("behind", None);
            behind = Some(key.0.clone());
        }
        Self {
            key: item.key.0.clone(),
            kind: match item.kind {
                ItemKind::Ownership => "ownership",
                ItemKind::Readings => "readings",
                ItemKind::Withdrawal => "withdrawal",
                ItemKind::Correction => "correction",
            },
            state,
            attempts: item.attempts,
            since: item.since,
            next_try,
            reason,
            stayed: match item.last {
                Some(LastAttempt::TakenBackBut(stayed)) => Some(stayed),
                _ => None,
            },
            behind,
        }
    }

    fn object(&self) -> Value {
        json!({
            "key": self.key,
            "kind": self.kind,
            "state": self.state,
            "attempts": self.attempts,
            "since": self.since,
            "next_try": self.next_try,
            "reason": self.reason,
            "stayed": self.stayed,
            "behind": self.behind,
        })
    }
}

fn table(lines: &[SyncLine]) -> String {
    let head = ["key", "what", "state", "tries", "next try", "why"].map(str::to_owned);
    let rows = lines.iter().map(|line| {
        let behind = line.behind.as_ref().map(|key| format!("stands behind {key}"));
        [
            line.key.clone(),
            line.kind.to_owned(),
            line.state.replace('-', " "),
            line.attempts.to_string(),
            line.next_try.map_or_else(String::new, written),
            line.reason.clone().or(behind).unwrap_or_default(),
        ]
    });
    aligned(
        &[Side::Left, Side::Left, Side::Left, Side::Right, Side::Left, Side::Left],
        &iter::once(head).chain(rows).collect::<Vec<_>>(),
    )
}

/// A moment on the wall clock of this computer, to the second.
fn written(at: Timestamp) -> String {
    written_to_the_second(at.to_zoned(SystemClock.now().time_zone().clone()).datetime())
}
