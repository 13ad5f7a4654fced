//! What lies over the screen: help, the menu, the details of what went wrong, the question whether to leave, the demo's
//! meters.

use super::View;
use super::confirm::instruction;
use crate::app::effect::DemoMeterId;
use crate::app::list::Selection;
use crate::app::offers;
use crate::app::overlay::{MenuRow, Overlay as Open};
use crate::app::problems;
use crate::app::wizard::Step;
use crate::app::wizard::dashboard::TabKind;
use crate::domain::text::Clean;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Choice, Fact, OverlayBox, TextRole};

/// So many problems are explained at once; a small window has no room for more.
const MOST_EXPLAINED: usize = 2;

/// What the letters and signs of a tab mean.
const fn marks_of(tab: TabKind) -> TextKey {
    match tab {
        TabKind::Overview => key::HELP_MARKS_OVERVIEW,
        TabKind::StandardDay => key::HELP_MARKS_STANDARD_DAY,
        TabKind::Logbook => key::HELP_MARKS_LOGBOOK,
        TabKind::Patterns => key::HELP_MARKS_PATTERNS,
        TabKind::Devices => key::HELP_MARKS_DEVICES,
        TabKind::Uploads => key::HELP_MARKS_UPLOADS,
        TabKind::Export => key::HELP_MARKS_EXPORT,
    }
}

impl View<'_> {
    pub(super) fn overlay(&self) -> Option<OverlayBox> {
        Some(match self.model.overlay.as_ref()? {
            Open::Help => self.help(),
            Open::Details(_) => self.details(),
            Open::Menu(selection) => self.menu(selection),
            Open::Leave { leave } => OverlayBox {
                title: self.text(key::LEAVE_TITLE),
                blocks: vec![
                    Block::Text { role: TextRole::Text, text: self.leave_question() },
                    self.buttons(&[(key::BUTTON_STAY, !leave), (key::BUTTON_LEAVE, *leave)]),
                ],
            },
            Open::DemoMeters(selection) => self.demo_meters(selection),
        })
    }

    /// Whether to leave, and what becomes of what is not done.
    fn leave_question(&self) -> String {
        let undelivered = self.model.working().map_or(0, |working| working.undelivered.len());
        if self.model.is_demo() {
            self.text(key::LEAVE_QUESTION_DEMO)
        } else if undelivered > 0 {
            self.filled(key::LEAVE_QUESTION_UNDELIVERED, &[("count", undelivered.into())])
        } else {
            self.text(key::LEAVE_QUESTION)
        }
    }

    fn help(&self) -> OverlayBox {
        let facts = offers::of_state(self.model)
            .into_iter()
            .map(|offer| Fact {
                label: self.model.keymap.both(offer.action),
                value: match offer.not_now {
                    None => self.text(offer.words),
                    Some(reason) => self.filled(
                        key::HELP_NOT_NOW,
                        &[("action", self.text(offer.words).into()), ("reason", self.text(reason).into())],
                    ),
                },
                role: if offer.not_now.is_some() { TextRole::Disabled } else { TextRole::Text },
            })
            .collect();
        let introduction = match self.model.working().map(|working| &working.step) {
            Some(Step::Dashboard(step)) => {
                let sentences = [key::HELP_DASHBOARD, marks_of(step.tab.kind())].map(|key| self.text(key));
                self.words.sentences(sentences)
            }
            Some(Step::Population(_)) => self.population_columns(),
            _ => self.text(key::HELP_INTRODUCTION),
        };
        let mut blocks = vec![Block::Text { role: TextRole::Text, text: introduction }];
        // What is asked differs from person to person.
        if let Some(Step::ConfirmAssignment(step)) = self.model.working().map(|working| &working.step) {
            blocks.push(Block::Text { role: TextRole::Accent, text: self.text(instruction(step.question())) });
        }
        blocks.push(Block::Facts { title: self.text(key::HELP_KEYS), facts });
        blocks.push(Block::Text { role: TextRole::Dim, text: self.text(key::HELP_ALWAYS) });
        OverlayBox { title: self.text(key::HELP_TITLE), blocks }
    }

    /// What support is told of the problems on the screen, and where the log is. No name, serial number or value is in
    /// a problem, nor the name of the meter that has it.
    fn details(&self) -> OverlayBox {
        let told = problems::shown(self.model);
        let fact = |label, value| Fact { label: self.text(label), value, role: TextRole::Text };
        let mut blocks = Vec::new();
        for problem in told.iter().take(MOST_EXPLAINED) {
            let detail = match problem.detail.as_str() {
                "" => self.text(key::DETAILS_NONE),
                detail => detail.to_owned(),
            };
            let facts = vec![
                fact(key::LABEL_DETAILS_CODE, problem.code.code().to_owned()),
                fact(key::LABEL_DETAILS_WHAT, self.words.what(problem)),
                fact(key::LABEL_DETAILS_DETAIL, detail),
            ];
            blocks.push(Block::Facts { title: String::new(), facts });
        }
        let more = told.len().saturating_sub(MOST_EXPLAINED);
        if more > 0 {
            blocks.push(Block::Text {
                role: TextRole::Dim,
                text: self.filled(key::DETAILS_MORE, &[("count", more.into())]),
            });
        }
        let log = self.model.log.as_ref().map_or_else(|| self.text(key::DETAILS_NO_LOG), Clean::to_string);
        let facts =
            vec![fact(key::LABEL_DETAILS_VERSION, self.model.version.to_owned()), fact(key::LABEL_DETAILS_LOG, log)];
        blocks.push(Block::Facts { title: String::new(), facts });
        OverlayBox { title: self.text(key::DETAILS_TITLE), blocks }
    }

    fn menu(&self, selection: &Selection<MenuRow>) -> OverlayBox {
        let offered = offers::of_state(self.model);
        let menu = offers::menu_rows(self.model);
        let choices = self.choices(&menu, selection.place(&menu), |_, row| match row {
            MenuRow::SignOut => {
                Choice { cells: vec![self.text(key::MENU_SIGN_OUT)], tag: String::new(), disabled: None }
            }
            MenuRow::Do(action) => {
                let offer = offered.iter().find(|offer| offer.action == *action);
                // Leaving is in every menu and is offered by no step.
                let words = offer.map_or(key::HINT_LEAVE, |offer| offer.words);
                Choice {
                    cells: vec![self.text(words)],
                    tag: self.model.keymap.both(*action),
                    disabled: offer.and_then(|offer| offer.not_now).map(|reason| self.text(reason)),
                }
            }
        });
        OverlayBox { title: self.text(key::MENU_TITLE), blocks: vec![Block::Choices(choices)] }
    }

    fn demo_meters(&self, selection: &Selection<DemoMeterId>) -> OverlayBox {
        let selected = selection.place(&self.model.demo_rows());
        let choices = self.choices(&self.model.demo, selected, |_, meter| Choice {
            cells: vec![meter.name.to_string(), meter.remark.to_string()],
            tag: if meter.plugged { self.text(key::TAG_PLUGGED_IN) } else { String::new() },
            disabled: None,
        });
        OverlayBox { title: self.text(key::DEMO_METERS_TITLE), blocks: vec![Block::Choices(choices)] }
    }
}
