//! The sign-in, with a name and a password or by a code.

use super::{StepPage, View};
use crate::app::code_sign_in::CodeSignIn;
use crate::app::new_password::{NewPasswordFocus, NewPasswordForm};
use crate::app::paused;
use crate::app::sign_in::{SignInFocus, SignInForm};
use crate::app::text_field::TextField;
use crate::domain::problem::ProblemCode;
use crate::domain::words::key;
use crate::ui::scene::{Block, Fact, InputField, TextRole};

pub(super) fn page(view: &View<'_>, sign_in: &SignInForm) -> StepPage {
    if let Some(new) = &sign_in.new {
        return new_password(view, sign_in, new);
    }
    let missing = |blank: bool| (sign_in.missing && blank).then(|| view.text(key::COMPLAINT_EMPTY));
    let login = InputField {
        label: view.text(key::LABEL_LOGIN),
        value: sign_in.login.text().to_owned(),
        cursor: (sign_in.focus == SignInFocus::Login).then(|| sign_in.login.cursor()),
        example: String::new(),
        complaint: missing(sign_in.login.is_blank()),
        hidden: false,
        is_replaced: false,
    };
    let is_focused = sign_in.focus == SignInFocus::Password;
    let complaint = missing(sign_in.password.text().is_empty());
    let password = hidden(view.text(key::LABEL_PASSWORD), &sign_in.password, is_focused, complaint);
    let mut blocks: Vec<Block> = locked(view).into_iter().collect();
    blocks.extend([Block::Field(login), Block::Field(password)]);
    if sign_in.check.is_waiting() {
        blocks.push(view.notice(TextRole::Accent, key::SIGNING_IN));
    }
    if let Some(problem) = sign_in.check.problem() {
        blocks.push(view.words.problem(problem));
    }
    if !view.model.demo_logins.is_empty() {
        let facts = view
            .model
            .demo_logins
            .iter()
            .map(|(login, password)| Fact {
                label: login.to_string(),
                value: view.filled(key::DEMO_PASSWORD, &[("password", password.as_str().into())]),
                role: TextRole::Text,
            })
            .collect();
        blocks.push(Block::Facts { title: view.text(key::DEMO_LOGINS_TITLE), facts });
    }
    StepPage {
        step: "sign_in",
        number: None,
        heading: view.text(key::HEADING_SIGN_IN),
        instruction: view.text(key::INSTRUCTION_SIGN_IN),
        blocks,
    }
}

/// A field that shows nothing of what is typed.
fn hidden(label: String, field: &TextField, is_focused: bool, complaint: Option<String>) -> InputField {
    InputField {
        label,
        // Not even hidden does it hold what was typed: a scene goes to scripts and is read out.
        value: "*".repeat(field.text().chars().count()),
        cursor: is_focused.then(|| field.cursor()),
        example: String::new(),
        complaint,
        hidden: true,
        is_replaced: false,
    }
}

/// The choice of a new password.
fn new_password(view: &View<'_>, sign_in: &SignInForm, new: &NewPasswordForm) -> StepPage {
    let complaint = |place| {
        let (_, fault) = new.fault.filter(|(wrong, _)| *wrong == place)?;
        let Some(fault) = fault else { return Some(view.text(key::COMPLAINT_EMPTY)) };
        let limit = fault.limit().map(|limit| ("limit", limit.into()));
        Some(view.filled(fault.words(), limit.as_slice()))
    };
    let field = |label, field: &TextField, place| {
        Block::Field(hidden(view.text(label), field, new.focus == place, complaint(place)))
    };
    let why = if new.old().is_some() { key::NEW_PASSWORD_WANTED } else { key::NEW_PASSWORD_GIVEN };
    let person = ("login", sign_in.login.text().trim().into());
    let mut blocks = vec![Block::Notice { role: TextRole::Accent, text: view.filled(why, &[person]) }];
    blocks.extend(new.old().map(|old| field(key::LABEL_OLD_PASSWORD, old, NewPasswordFocus::Old)));
    blocks.extend([
        field(key::LABEL_NEW_PASSWORD, &new.first, NewPasswordFocus::First),
        field(key::LABEL_PASSWORD_AGAIN, &new.again, NewPasswordFocus::Again),
        Block::Text { role: TextRole::Dim, text: view.text(key::NEW_PASSWORD_ADVICE) },
    ]);
    if sign_in.check.is_waiting() {
        blocks.push(view.notice(TextRole::Accent, key::SIGNING_IN));
    }
    blocks.extend(sign_in.check.problem().map(|problem| view.words.problem(problem)));
    StepPage {
        step: "new_password",
        number: None,
        heading: view.text(key::HEADING_NEW_PASSWORD),
        instruction: view.text(key::INSTRUCTION_NEW_PASSWORD),
        blocks,
    }
}

/// That the station has locked itself, and who goes on. Nothing of their work is said.
fn locked(view: &View<'_>) -> Option<Block> {
    let work = paused::locked(view.model)?;
    let minutes = view.model.idle.after()?.as_mins();
    let values = [("minutes", minutes.into()), ("name", work.session().user.name.as_str().into())];
    Some(Block::Notice { role: TextRole::Accent, text: view.filled(key::STATION_LOCKED, &values) })
}

pub(super) fn by_code(view: &View<'_>, sign_in: &CodeSignIn) -> StepPage {
    let of_sign_in = match sign_in {
        CodeSignIn::Idle => Vec::new(),
        CodeSignIn::Beginning(_) => vec![view.notice(TextRole::Accent, key::GETTING_CODE)],
        CodeSignIn::Shown { code, .. } => {
            let facts = vec![
                view.fact(key::LABEL_CODE_PAGE, code.uri.to_string(), TextRole::Accent),
                view.fact(key::LABEL_CODE, code.user_code.to_string(), TextRole::Accent),
            ];
            let until = view.filled(key::CODE_VALID_UNTIL, &[("until", view.moment(code.expires).into())]);
            let picture = code
                .complete_uri
                .as_ref()
                .map(|uri| Block::QrCode { caption: view.text(key::CODE_PICTURE), text: uri.as_str().to_owned() });
            let mut blocks =
                vec![Block::Facts { title: String::new(), facts }, Block::Text { role: TextRole::Text, text: until }];
            blocks.extend(picture);
            blocks
        }
        CodeSignIn::Failed(problem) => {
            // Nothing can be done here without the platform: whoever stands there is to know it.
            let is_silent = matches!(problem.code, ProblemCode::PlatformUnreachable | ProblemCode::PlatformUnreadable);
            let wait = is_silent.then(|| view.notice(TextRole::Warning, key::NOBODY_WITHOUT_PLATFORM));
            std::iter::once(view.words.problem(problem)).chain(wait).collect()
        }
    };
    let blocks = locked(view).into_iter().chain(of_sign_in).collect();
    StepPage {
        step: "sign_in_by_code",
        number: None,
        heading: view.text(key::HEADING_SIGN_IN),
        instruction: view.text(match sign_in {
            CodeSignIn::Shown { .. } => key::INSTRUCTION_TYPE_CODE,
            CodeSignIn::Idle | CodeSignIn::Beginning(_) | CodeSignIn::Failed(_) => key::INSTRUCTION_GET_CODE,
        }),
        blocks,
    }
}
