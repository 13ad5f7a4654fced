//! Random keys on two terminals that share one store, in two processes of the operating system, on two desks with eight
//! meters: late answers and failed ones, answers of calls that were done although they failed, meters pulled and
//! carried to the other desk, meters that cannot be told apart, units switched, sign-outs in the middle, programs
//! killed, windows of any size, times corrected, meters transferred. Whatever happens, every assignment has its match,
//! its owner and its readings once, and what was read is kept for who began to read it.
//!
//! Everything comes from a seed. `GLUCODOCK_KEYS` says how many steps are taken, `GLUCODOCK_KEYS_SEED` with which seed
//! the first episode begins; a failure prints both for its own episode.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the run says what it has seen, and which seed failed")]

mod chance;
mod judge;
mod keyboard;
mod meters;
mod other_process;
mod terminal;

use glucodock::app::effect::{Command, Effect, Request, StationTask, Task, ToEngine};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::paused;
use glucodock::app::transfer_task::TransferTask;
use glucodock::app::update::update;
use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::patient::{Gender, NewPatient, Status};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::text::Private;
use glucodock::store::{By, RegisteredPatient, Store};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::paint::paint;
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::{SignedDuration, Zoned};
use ratatui::Terminal as Screen;
use ratatui::backend::TestBackend;

use super::embedded::on;
use chance::Chance;
use judge::Judge;
use meters::{Meter, meters};
use other_process::OtherProcess;
pub(crate) use terminal::carry_out;
use terminal::{CalledProcess, Fortune, Read, Terminal, call};

/// Steps of one episode: one store, from empty.
const EPISODE: u64 = 4_000;

/// Steps of a plain `cargo test`.
const USUAL: u64 = 16_000;

/// What both terminals stand in.
struct World {
    /// The second one asks another process.
    terminals: Vec<Terminal>,
    /// Sees what both have done.
    store: Store,
    meters: Vec<Meter>,
    judge: Judge,
    words: Words,
    now: Zoned,
    plugs: u64,
    signed_out_while_reading: usize,
    failed: usize,
    late: usize,
    /// Assignments that the other process made.
    elsewhere: usize,
    /// Times that a terminal locked itself while somebody worked there.
    locked: usize,
}

/// A few people: two who look alike, one who is inactive.
fn people() -> Vec<RegisteredPatient> {
    [
        ("Adler", "Anna", 1961, Status::Active),
        ("Adler", "Arno", 1958, Status::Active),
        ("Becker", "Bodo", 1970, Status::Active),
        ("Czerny", "Clara", 1983, Status::Active),
        ("Müller", "Dora", 1947, Status::Active),
        ("Muster", "Emil", 1990, Status::Inactive),
    ]
    .into_iter()
    .enumerate()
    .map(|(place, (family, given, year, status))| RegisteredPatient {
        person: NewPatient {
            family: Private::new(family.into()),
            given: Private::new(given.into()),
            born: Private::new(jiff::civil::date(year, 7, 14)),
            gender: Gender::Unknown,
            mrn: Private::new(format!("M10{place}").as_str().into()),
            other_identifier: None,
            email: None,
            phone: None,
            reason_despite_look_alike: None,
        },
        status,
        merged_into: None,
    })
    .collect()
}

impl World {
    fn new(folder: &std::path::Path, chance: &mut Chance) -> Self {
        let now: Zoned = "2026-07-14T08:00:00+02:00[Europe/Berlin]".parse().unwrap();
        let store = Store::open(folder).unwrap();
        let places = [
            CalledProcess::Here(Box::new(on(Store::open(folder).unwrap()))),
            CalledProcess::There(OtherProcess::start(folder)),
        ];
        let start = |(number, place)| Terminal::start(number, place, now.timestamp());
        let by = By::command("test", now.timestamp());
        store.import_patients(by, &people()).unwrap();
        Self {
            terminals: places.into_iter().enumerate().map(start).collect(),
            store,
            meters: meters(chance),
            judge: Judge::default(),
            words: Words::english(),
            now,
            plugs: 0,
            signed_out_while_reading: 0,
            failed: 0,
            late: 0,
            elsewhere: 0,
            locked: 0,
        }
    }

    /// One thing happens.
    fn step(&mut self, chance: &mut Chance) {
        let here = chance.below(self.terminals.len());
        match chance.below(100) {
            0..=77 => self.press(here, chance),
            78..=81 => self.call(here, chance),
            82..=85 => self.tell(here),
            86..=91 => self.read(here, chance),
            92 => self.plug(here, chance),
            93 => {
                let place = chance.below(self.meters.len());
                self.meters[place].switch_unit();
            }
            94..=95 => {
                let place = chance.below(self.meters.len());
                self.meters[place].measure(chance);
            }
            96..=97 => self.look(here, chance),
            98 => self.wait(here, chance),
            _ if chance.one_in(12) => self.kill(here),
            _ => self.look(here, chance),
        }
    }

    /// Somebody presses a key; mostly after having waited for what the last one led to.
    fn press(&mut self, here: usize, chance: &mut Chance) {
        let terminal = &mut self.terminals[here];
        if !chance.one_in(6) {
            if !terminal.answers.is_empty() {
                return self.tell(here);
            }
            if !terminal.calls.is_empty() {
                return self.call(here, chance);
            }
        }
        let key = terminal.keyboard.next(&terminal.model, chance);
        self.event(here, &Event::Key(key));
    }

    /// The next call of the platform is made.
    fn call(&mut self, here: usize, chance: &mut Chance) {
        let terminal = &mut self.terminals[here];
        let Some(effect) = terminal.calls.pop_front() else { return };
        let fortune = match chance.below(40) {
            0 => Fortune::FailsBefore,
            1 => Fortune::FailsAfter,
            _ => Fortune::Good,
        };
        let called = call(&mut terminal.place, &effect, &self.now, fortune);
        self.failed += usize::from(fortune != Fortune::Good);
        if let Some(answer) = &called.done {
            self.judge.done(&self.store, &self.meters, &effect, answer);
            self.elsewhere += usize::from(here == 1 && matches!(answer, EffectResult::Assigned(Ok(_))));
        }
        terminal.answers.push_back(Event::EffectDone { ticket: called.ticket, answer: called.heard });
    }

    /// The app hears of the oldest thing that was done.
    fn tell(&mut self, here: usize) {
        if let Some(event) = self.terminals[here].answers.pop_front() {
            self.event(here, &event);
        }
    }

    /// A read comes further, or ends.
    fn read(&mut self, here: usize, chance: &mut Chance) {
        let terminal = &mut self.terminals[here];
        if terminal.reads.is_empty() {
            return;
        }
        let place = chance.below(terminal.reads.len());
        if chance.one_in(3) {
            let ticket = terminal.reads[place].ticket;
            self.event(here, &Event::ReadProgress { ticket, done: 1, of: Some(9) });
            return;
        }
        let read = terminal.reads.remove(place);
        let meter = &self.meters[read.meter];
        let is_there = meter.plugged == Some((here, read.plug));
        let download = meter.download(&self.now);
        // What is pulled may have been whole just before, and what is stopped too late gives all the same.
        let is_whole = if is_there && !read.cancelled { !chance.one_in(12) } else { chance.one_in(2) };
        if self.terminals[here].user() != Some(read.session.user.id.as_str()) {
            self.signed_out_while_reading += 1;
        }
        let answer = EffectResult::Read(Ok(Box::new(if is_whole { download } else { cut(download) })));
        self.event(here, &Event::EffectDone { ticket: read.ticket, answer });
    }

    /// A meter is plugged in at this desk, or pulled from whichever it is at.
    fn plug(&mut self, here: usize, chance: &mut Chance) {
        let place = chance.below(self.meters.len());
        if let Some((there, id)) = self.meters[place].plugged.take() {
            self.event(there, &Event::MeterLeft(id));
        } else if self.meters.iter().filter(|meter| meter.plugged.is_some_and(|(desk, _)| desk == here)).count() < 3 {
            self.plugs += 1;
            self.meters[place].plugged = Some((here, AttachmentId(self.plugs)));
            self.event(here, &Event::MeterArrived(crate::clinic::attachment(self.plugs)));
        }
    }

    /// The screen is drawn, in a window of any size.
    fn look(&self, here: usize, chance: &mut Chance) {
        let scene = view(&self.terminals[here].model, &self.words);
        let mut size = |end| u16::try_from(1 + chance.below(end)).unwrap();
        let (columns, rows) = (size(130), size(50));
        let theme = Theme::new(Colours::Mono, GlyphSet::Ascii);
        Screen::new(TestBackend::new(columns, rows)).unwrap().draw(|frame| paint(frame, &scene, &theme)).unwrap();
    }

    fn wait(&mut self, here: usize, chance: &mut Chance) {
        // Now and then everybody has gone away, and finds the screens locked.
        let longest = if chance.one_in(8) { 150 } else { 20 };
        let seconds = i64::try_from(1 + chance.below(longest)).unwrap();
        self.now = self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        self.event(here, &Event::Deadline);
    }

    /// The program is killed and starts again: what was not done is not done any more; the meters are still plugged in.
    fn kill(&mut self, here: usize) {
        self.terminals[here].restart(self.now.timestamp());
        for place in 0..self.meters.len() {
            if let Some((desk, _)) = self.meters[place].plugged
                && desk == here
            {
                self.plugs += 1;
                self.meters[place].plugged = Some((here, AttachmentId(self.plugs)));
                self.event(here, &Event::MeterArrived(crate::clinic::attachment(self.plugs)));
            }
        }
    }

    fn event(&mut self, here: usize, event: &Event) {
        let terminal = &mut self.terminals[here];
        let before = terminal.model.clone();
        let (model, effects) = update(before.clone(), event.clone(), self.now.timestamp());
        terminal.model = model;
        self.locked += usize::from(before.working().is_some() && paused::locked(&terminal.model).is_some());
        if matches!(event, Event::EffectDone { .. }) && before.working().is_none() {
            self.late += 1;
        }
        let mut quits = false;
        for effect in effects {
            match effect {
                Effect::Ask(ticket, Request::For(ref session, Task::ReadMeter { attachment, .. })) => {
                    let is_it = |meter: &Meter| meter.plugged == Some((here, attachment));
                    let meter = self.meters.iter().position(is_it).expect("what is read is plugged in");
                    let session = session.clone();
                    let read = Read { ticket, session, meter, plug: attachment, cancelled: false };
                    terminal.reads.push(read);
                }
                Effect::Do(Command::CancelRead { ticket }) => {
                    for read in terminal.reads.iter_mut().filter(|read| read.ticket == ticket) {
                        read.cancelled = true;
                    }
                }
                // One that was made already is answered all the same.
                Effect::Do(Command::GiveUp { ticket }) => {
                    let calls = terminal.calls.len();
                    terminal.calls.retain(|call| !matches!(call, Effect::Ask(asked, _) if *asked == ticket));
                    if terminal.calls.len() < calls {
                        terminal.answers.push_back(Event::GivenUp(ticket));
                    }
                }
                Effect::Engine(ToEngine::Quit) => quits = true,
                Effect::Engine(ToEngine::Repaint)
                | Effect::Ask(_, Request::RecallCable { .. } | Request::RememberCable { .. }) => {}
                Effect::Do(Command::ToggleDemoMeter { .. }) => panic!("there are no demo meters"),
                call => {
                    if let Effect::Ask(
                        _,
                        Request::For(session, Task::Station(StationTask::Assign { assignment, .. })),
                    ) = &call
                    {
                        Judge::asked(&before, event, assignment, session);
                    }
                    if let Effect::Ask(_, Request::For(_, Task::Station(StationTask::Undo { request }))) = &call {
                        Judge::asked_to_undo(&before, event, request);
                    }
                    if let Effect::Ask(_, Request::For(_, Task::Station(StationTask::Transfer(task)))) = &call
                        && let TransferTask::Move { request } = &**task
                    {
                        Judge::asked_to_transfer(&before, event, request);
                    }
                    if let Effect::Ask(_, Request::For(_, Task::AboutTimes(task))) = &call {
                        Judge::asked_about_times(&before, event, task);
                    }
                    if let Effect::Ask(_, Request::For(_, Task::AboutEnding(task))) = &call {
                        Judge::asked_about_ending(&before, event, task);
                    }
                    terminal.calls.push_back(call);
                }
            }
        }
        if quits {
            self.quit(here);
        }
        self.judge.desk(here, &self.terminals[here].model, &self.meters);
    }

    /// The program ends: what was asked for is still done.
    fn quit(&mut self, here: usize) {
        while let Some(effect) = self.terminals[here].calls.pop_front() {
            if let Some(answer) = call(&mut self.terminals[here].place, &effect, &self.now, Fortune::Good).done {
                self.judge.done(&self.store, &self.meters, &effect, &answer);
            }
        }
        self.kill(here);
    }
}

/// A download that breaks off.
fn cut(mut download: Download) -> Download {
    download.readings.pop();
    let done = u32::try_from(download.readings.len()).unwrap();
    let problem = Problem { done, ..Problem::new(ProblemCode::LinkGone, "pulled") };
    download.completeness = Completeness::Partial(problem);
    download
}

/// Says which episode it was, if it does not end well.
struct Episode {
    seed: u64,
    step: u64,
}

impl Drop for Episode {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "at step {}: play it again with GLUCODOCK_KEYS_SEED={} GLUCODOCK_KEYS={EPISODE}",
                self.step, self.seed
            );
        }
    }
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect(name))
}

#[test]
fn every_assignment_has_its_match_its_owner_and_its_readings_once() {
    let (steps, first) = (number("GLUCODOCK_KEYS", USUAL), number("GLUCODOCK_KEYS_SEED", 1));
    let (mut confirmed, mut appended, mut refused, mut undone) = (0, 0, 0, 0);
    let (mut transferred, mut times_corrected, mut corrections_undone) = (0, 0, 0);
    let (mut ownerships_ended, mut ends_undone) = (0, 0);
    let (mut without_user, mut failed, mut late, mut elsewhere, mut locked) = (0, 0, 0, 0, 0);
    for place in 0..steps.div_ceil(EPISODE) {
        let mut episode = Episode { seed: first + place, step: 0 };
        let mut chance = Chance::new(episode.seed);
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::new(folder.path(), &mut chance);
        while episode.step < EPISODE.min(steps - place * EPISODE) {
            world.step(&mut chance);
            episode.step += 1;
        }
        world.judge.end(&world.store, &world.meters);
        confirmed += world.judge.confirmed;
        appended += world.judge.appended;
        refused += world.judge.refused;
        undone += world.judge.undone;
        transferred += world.judge.transferred;
        ownerships_ended += world.judge.ownerships_ended;
        ends_undone += world.judge.ends_undone;
        times_corrected += world.judge.times_corrected;
        corrections_undone += world.judge.corrections_undone;
        without_user += world.signed_out_while_reading;
        failed += world.failed;
        late += world.late;
        elsewhere += world.elsewhere;
        locked += world.locked;
    }
    println!(
        "random keys: {steps} steps, {confirmed} assignments confirmed and {appended} appended, each with its match, \
         its owner and its readings once, {elsewhere} of them by another process; {undone} undone; \
         {transferred} meters transferred; {ownerships_ended} ownerships ended and {ends_undone} of them back; \
         {times_corrected} spans corrected and {corrections_undone} of them back; \
         {refused} refused; \
         {failed} calls failed, {late} answers came to nobody, {without_user} reads ended in another session; \
         {locked} times a terminal was left alone and locked itself"
    );
    let happened = [
        confirmed,
        failed,
        late,
        without_user,
        elsewhere,
        undone,
        locked,
        transferred + times_corrected + ownerships_ended,
    ];
    assert!(happened.iter().all(|count| *count > 0), "too little happened to say anything: {happened:?}");
}
