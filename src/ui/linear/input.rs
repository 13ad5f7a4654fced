//! A typed line as the keys that a person would press on the screen.

use super::speech::numbered_rows;
use crate::app::key::Key;
use crate::domain::text::without_byte_order_mark;
use crate::ui::scene::{Block, Grid, Scene, Table};

/// What can be focused: one field, one list, one control.
enum Stop {
    Field,
    /// A list; its rows are acted on at once, or only marked.
    List {
        rows: usize,
        acts: bool,
    },
    /// Rows of which those from `first` on have a number.
    Rows {
        first: usize,
        rows: usize,
    },
    Button,
}

/// The keys that a typed line stands for.
///
/// | line | keys |
/// |---|---|
/// | empty | Enter |
/// | the number of something | move to it, and Enter if it is no field, and no row that is only marked |
/// | `back` or `b`, `help` or `?`, `leave` | Escape, F1, Ctrl-C |
/// | the name of a key: `F2`, `Tab`, `PgDn` | that key |
/// | anything else, and anything after `=` | into the focused field, in place of what is there; then Enter |
///
/// While a field has the focus, `b` and `up` belong into it: they may be initials. Without a field the line is passed
/// on as characters, in place of those before: a list finds by them, and elsewhere the app says what it makes of them.
///
/// Moving rests on the focus going through fields, lists with rows, and controls in the order of the scene by Tab, and
/// on Home in a list choosing its first row.
#[must_use]
pub fn keys(line: &str, scene: &Scene) -> Vec<Key> {
    let blocks = scene.active_blocks();
    let has_field = scene.focused_field().is_some();
    let whole = without_byte_order_mark(line).trim_end_matches(['\r', '\n']);
    let line = whole.trim();
    // Blanks around a password are part of it; around anything else they are a slip of the hand.
    let is_hidden = scene.focused_field().is_some_and(|field| field.hidden);
    // First of all: by this a text can be typed that would be taken for a number or a command.
    if let Some(text) = whole.trim_start().strip_prefix('=') {
        return typed(if is_hidden { text } else { text.trim() }, has_field);
    }
    if line.is_empty() {
        return vec![Key::Enter];
    }
    if let Some(keys) = line.parse::<usize>().ok().and_then(|number| moves(blocks, number)) {
        return keys;
    }
    if let Some(key) = command(line, has_field) {
        return vec![key];
    }
    typed(if is_hidden { whole } else { line }, has_field)
}

fn command(line: &str, has_field: bool) -> Option<Key> {
    let line = line.to_lowercase();
    match line.as_str() {
        "back" | "esc" => Some(Key::Escape),
        "b" if !has_field => Some(Key::Escape),
        "help" | "?" => Some(Key::Function(1)),
        "leave" | "ctrl-c" => Some(Key::Control('c')),
        "enter" => Some(Key::Enter),
        "tab" => Some(Key::Tab),
        "shift-tab" => Some(Key::BackTab),
        // Initials may be asked for, and some people's are these letters.
        "up" if !has_field => Some(Key::Up),
        "down" => Some(Key::Down),
        "left" => Some(Key::Left),
        "right" => Some(Key::Right),
        "home" => Some(Key::Home),
        "end" => Some(Key::End),
        "pgup" => Some(Key::PageUp),
        "pgdn" => Some(Key::PageDown),
        "space" => Some(Key::Char(' ')),
        other => {
            let letter = other.strip_prefix("ctrl-").and_then(|rest| rest.parse().ok());
            if let Some(letter) = letter.filter(char::is_ascii_lowercase) {
                return Some(Key::Control(letter));
            }
            let number = other.strip_prefix('f').and_then(|rest| rest.parse().ok());
            number.filter(|number| (1..=12).contains(number)).map(Key::Function)
        }
    }
}

fn typed(text: &str, has_field: bool) -> Vec<Key> {
    let characters = text.chars().filter(|c| !c.is_control()).map(Key::Char);
    // Ctrl-U empties the field, or what a list was searched for, so that what was typed is all that is in it.
    let characters = std::iter::once(Key::Control('u')).chain(characters);
    if has_field { characters.chain(std::iter::once(Key::Enter)).collect() } else { characters.collect() }
}

/// The keys that lead to what has this number and act on it; nothing if the number was not given.
fn moves(blocks: &[Block], number: usize) -> Option<Vec<Key>> {
    let stops: Vec<(Stop, bool)> = blocks.iter().flat_map(stops).collect();
    let here = stops.iter().position(|(_, focused)| *focused);
    let mut left = number.checked_sub(1)?;
    for (place, (stop, _)) in stops.iter().enumerate() {
        // As `speech::numbered` gives them: a number leads to what was read out with it, and to
        // nothing else.
        let numbers = match stop {
            Stop::Field | Stop::Button => 1,
            Stop::List { rows, .. } | Stop::Rows { rows, .. } => *rows,
        };
        if left >= numbers {
            left -= numbers;
            continue;
        }
        let mut keys = match here {
            Some(here) if here > place => vec![Key::BackTab; here - place],
            Some(here) => vec![Key::Tab; place - here],
            // Where nothing has the focus, the first Tab leads to the first of them.
            None => vec![Key::Tab; place + 1],
        };
        match stop {
            Stop::Field => {}
            Stop::Button => keys.push(Key::Enter),
            Stop::List { .. } | Stop::Rows { .. } => {
                let first = if let Stop::Rows { first, .. } = stop { *first } else { 0 };
                keys.push(Key::Home);
                keys.extend(vec![Key::Down; first + left]);
                if !matches!(stop, Stop::List { acts: false, .. }) {
                    keys.push(Key::Enter);
                }
            }
        }
        return Some(keys);
    }
    None
}

/// What can be focused in a block, and whether it is.
fn stops(block: &Block) -> Vec<(Stop, bool)> {
    match block {
        Block::Field(field) => vec![(Stop::Field, field.cursor.is_some())],
        Block::Choices(list) if list.rows.is_empty() => Vec::new(),
        Block::Choices(list) => vec![(Stop::List { rows: list.rows.len(), acts: !list.marks_only }, list.focused)],
        Block::Buttons { buttons } => buttons.iter().map(|button| (Stop::Button, button.focused)).collect(),
        Block::Table(Table { selected: Some(_), offset, total, focused, .. })
        | Block::Grid(Grid { offset, total, focused, .. }) => {
            let (first, rows) = numbered_rows(*offset, *total);
            if rows == 0 { Vec::new() } else { vec![(Stop::Rows { first, rows }, *focused)] }
        }
        // A table without a cursor is scrolled by keys of its own wherever the focus is.
        Block::Table(_)
        | Block::Tabs(_)
        | Block::Curve(_)
        | Block::Text { .. }
        | Block::Facts { .. }
        | Block::Gauge { .. }
        | Block::Problem { .. }
        | Block::Notice { .. }
        | Block::Shares { .. }
        | Block::Strip(_)
        | Block::QrCode { .. } => Vec::new(),
    }
}
