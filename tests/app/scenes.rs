//! Scenes of a clinic that does not exist: one for each kind of block and each way in which a screen gets full.

use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::ui::scene::{
    Block, Button, Choice, Choices, Fact, Hint, InputField, ListColumns, OverlayBox, PanelEntry, PanelView, Scene,
    Share, Stays, Strip, StripCell, StripKind, StripRow, Table, TextRole, TrailState, TrailStep,
};
use glucodock::ui::words::Words;

fn fact(label: &str, value: &str, role: TextRole) -> Fact {
    Fact { label: label.into(), value: value.into(), role }
}

fn field(label: &str, value: &str, cursor: Option<usize>, example: &str) -> InputField {
    InputField {
        label: label.into(),
        value: value.into(),
        cursor,
        example: example.into(),
        complaint: None,
        hidden: false,
        is_replaced: false,
    }
}

fn button(label: &str, focused: bool, disabled: Option<&str>) -> Button {
    Button { label: label.into(), focused, disabled: disabled.map(Into::into) }
}

fn person(name: &str, born: &str, sex: &str, number: &str, tag: &str, disabled: Option<&str>) -> Choice {
    let cells = [name, born, sex, number].map(Into::into).to_vec();
    Choice { cells, tag: tag.into(), disabled: disabled.map(Into::into) }
}

fn hints(keys: &[(&str, &str)]) -> Vec<Hint> {
    keys.iter().map(|(key, action)| Hint { key: (*key).into(), action: (*action).into(), disabled: None }).collect()
}

fn entry(name: &str, state: &str, role: TextRole) -> PanelEntry {
    PanelEntry { name: name.into(), state: state.into(), role, stays: Stays::IfRoom }
}

fn panel(entries: Vec<PanelEntry>) -> PanelView {
    PanelView { title: "Devices".into(), entries, empty: "No meter is plugged in.".into() }
}

fn base(here: usize, step: &'static str, heading: &str, instruction: &str) -> Scene {
    let names = ["Patient", "Upload", "Device", "Owner", "Confirm", "Done"];
    let state = |place: usize| match place.cmp(&here) {
        std::cmp::Ordering::Less => TrailState::Done,
        std::cmp::Ordering::Equal => TrailState::Here,
        std::cmp::Ordering::Greater => TrailState::Ahead,
    };
    let trail = names.iter().enumerate().map(|(place, name)| TrailStep { name: (*name).into(), state: state(place) });
    Scene {
        site: "Lakeside Diabetes Clinic".into(),
        user: "Sample, Nora (assistant)".into(),
        trail: trail.collect(),
        is_wide: false,
        step,
        heading: heading.into(),
        instruction: instruction.into(),
        blocks: Vec::new(),
        panel: panel(Vec::new()),
        hints: hints(&[("Enter", "go on"), ("Esc", "back"), ("F1", "help"), ("F5", "look again")]),
        ways_out: hints(&[("Esc", "back"), ("Ctrl-C", "leave")]),
        remark: None,
        overlay: None,
    }
}

pub(crate) fn sign_in() -> Scene {
    let mut scene = base(0, "sign_in", "Sign in", "Type your name and your password.");
    scene.user = String::new();
    scene.trail = Vec::new();
    let mut password = field("Password", "********", Some(8), "");
    password.complaint = Some("This field cannot be empty.".into());
    password.hidden = true;
    scene.blocks = vec![
        Block::Field(field("User name", "", None, "as on your badge")),
        Block::Field(password),
        Block::Buttons { buttons: vec![button("Sign in", false, None)] },
        Words::english().problem(&Problem::new(ProblemCode::SignInRefused, "")),
    ];
    scene
}

fn sign_in_by_code() -> Scene {
    let mut scene = base(0, "sign_in_by_code", "Sign in", "Open the page on your phone and type the code there.");
    scene.user.clear();
    scene.trail.clear();
    scene.blocks = vec![
        Block::Facts {
            title: String::new(),
            facts: vec![
                fact("Page", "https://login.example.org/device", TextRole::Accent),
                fact("Code", "WDJB-MJHT", TextRole::Accent),
            ],
        },
        Block::Text { role: TextRole::Text, text: "The code is good until 9:15.".into() },
        Block::QrCode {
            caption: "Or point the camera of your phone at this:".into(),
            text: "https://login.example.org/device?user_code=WDJB-MJHT".into(),
        },
    ];
    scene.hints = hints(&[("Esc", "back"), ("F1", "help")]);
    scene
}

pub(crate) fn find_patient() -> Scene {
    let mut scene = base(
        0,
        "find_patient",
        "Step 1 of 6: Find the patient",
        "Type a name, a birth date or a number, then choose the patient.",
    );
    let inactive = Some("This record is inactive: have it made active first, or choose another record.");
    let rows = vec![
        person("SAMPLE, Anna", "12-Mar-1961 (65y)", "female", "MRN 000-4471", "", None),
        person("SAMPLE, Anne", "21-Mar-1961 (65y)", "female", "MRN 000-4417", "INACTIVE", inactive),
        person(
            "SAMPLE-KONSTANTINOPOLITANSKI, Maximiliana Theodora",
            "2-Jan-1978 (48y)",
            "female",
            "MRN 000-9001",
            "",
            None,
        ),
        person("試験, 太郎", "30-Sep-1990 (35y)", "male", "MRN 000-2210", "", None),
        person("EXAMPLE, Omar", "1-Feb-2014 (12y)", "male", "MRN 000-3108", "DECEASED", Some("This person has died.")),
    ];
    scene.blocks = vec![
        Block::Field(field("Search", "sam", Some(3), "")),
        Block::Choices(Choices {
            title: "Patients found".into(),
            first: 0,
            total: rows.len(),
            is_part: true,
            rows,
            selected: Some(1),
            focused: true,
            empty: "Nobody found.".into(),
            footer: "More than 5: keep typing.".into(),
            marks_only: false,
            columns: ListColumns::default(),
        }),
    ];
    if let Some(Block::Field(search)) = scene.blocks.first_mut() {
        search.cursor = None;
    }
    scene.panel.entries = vec![entry("Accu-Chek Guide (USB)", "reading 412 of 720", TextRole::Accent)];
    scene
}

fn long_list() -> Scene {
    let mut scene = find_patient();
    let rows = (0..41).map(|number| {
        person(
            &format!("SAMPLE, Person{}", "i".repeat(number % 5)),
            "12-Mar-1961",
            "female",
            &format!("MRN 000-{number:04}"),
            "",
            None,
        )
    });
    if let Some(Block::Choices(list)) = scene.blocks.get_mut(1) {
        list.rows = rows.collect();
        list.total = list.rows.len();
        list.selected = Some(17);
        list.footer = String::new();
    }
    scene
}

pub(crate) fn upload() -> Scene {
    let mut scene =
        base(1, "upload", "Step 2 of 6: Read the meter", "Leave the meter connected until every reading has arrived.");
    scene.blocks = vec![
        Block::Facts {
            title: String::new(),
            facts: vec![
                fact("Meter", "Roche Accu-Chek Guide", TextRole::Text),
                fact("Serial number", "000 925 0042", TextRole::Text),
                fact("Connection", "USB", TextRole::Text),
            ],
        },
        Block::Gauge { label: "Readings".into(), done: 412, of: Some(720) },
        Block::Buttons { buttons: vec![button("Stop reading", false, None)] },
    ];
    scene.panel.entries = vec![
        entry("Accu-Chek Guide (USB)", "reading 412 of 720", TextRole::Accent),
        entry("Contour Next One (USB)", "cannot be opened", TextRole::Problem),
        entry("OneTouch Verio IQ (serial)", "read, 120 readings", TextRole::Ok),
        entry("FreeStyle Lite (serial)", "waiting", TextRole::Text),
        entry("Unknown cable", "unplugged", TextRole::Dim),
    ];
    scene
}

fn upload_failed() -> Scene {
    let mut scene = upload();
    let problem = Problem { done: 412, of: Some(720), ..Problem::new(ProblemCode::LinkSilent, "") };
    scene.blocks = vec![
        Words::english().problem(&problem),
        Block::Buttons { buttons: vec![button("Try again", true, None), button("Choose another meter", false, None)] },
    ];
    scene.panel.entries.truncate(2);
    scene
}

fn device_facts() -> Block {
    Block::Facts {
        title: "Device".into(),
        facts: vec![
            fact("Manufacturer", "Roche", TextRole::Text),
            fact("Model", "Accu-Chek Guide", TextRole::Text),
            fact("Serial number", "000 925 0000 0042", TextRole::Heading),
            fact("Connection", "USB", TextRole::Text),
            fact("Meter clock", "3 min 12 s ahead", TextRole::Warning),
            fact("Readings", "720, 37 new", TextRole::Text),
            fact("First", "14-Jul-2025 08:12", TextRole::Text),
            fact("Last", "14-Jul-2026 07:58", TextRole::Text),
            fact("Control, LO, HI", "4, 0, 2", TextRole::Text),
            fact("Owner", "never seen here", TextRole::Accent),
        ],
    }
}

fn confirm_device() -> Scene {
    let mut scene = base(
        2,
        "confirm_device",
        "Step 3 of 6: Confirm the device",
        "Compare the serial number with the one on the back of the meter.",
    );
    scene.blocks = vec![
        Block::Notice {
            role: TextRole::Ok,
            text: "All 720 readings are safely kept. Device association is pending.".into(),
        },
        device_facts(),
        Block::Buttons {
            buttons: vec![button("Confirm device assignment", true, None), button("Not this meter", false, None)],
        },
    ];
    scene.panel.entries = vec![entry("Accu-Chek Guide (USB)", "read, 720 readings", TextRole::Ok)];
    scene
}

pub(crate) fn confirm_assignment() -> Scene {
    let mut scene = base(
        4,
        "confirm_assignment",
        "Step 5 of 6: Confirm patient and device",
        "Ask the patient for name and birth date, then type the initials and the birth year.",
    );
    let mut year = field("Birth year", "19", Some(2), "");
    year.complaint = Some("Type all four digits.".into());
    scene.blocks = vec![
        device_facts(),
        Block::Facts {
            title: "Patient".into(),
            facts: vec![
                fact("Name", "SAMPLE-KONSTANTINOPOLITANSKI, Maximiliana Theodora (Dr)", TextRole::Heading),
                fact("Born", "02-Jan-1978 (48y)", TextRole::Text),
                fact("Sex", "female", TextRole::Text),
                fact("MRN", "000-9001", TextRole::Text),
                fact("Status", "ACTIVE", TextRole::Ok),
                fact("Last upload", "none", TextRole::Text),
            ],
        },
        Block::Field(field("Initials", "MS", None, "")),
        Block::Field(year),
        Block::Buttons {
            buttons: vec![
                button(
                    "Assign this meter to SAMPLE-K., Maximiliana 1978",
                    false,
                    Some("Initials and birth year first."),
                ),
                button("Back", false, None),
            ],
        },
    ];
    scene.panel.entries = vec![entry("Accu-Chek Guide (USB)", "read, 720 readings", TextRole::Ok)];
    scene.remark = Some("No such key here: F1 for help.".into());
    scene
}

fn strip_row(label: &str, cells: &[&str], role: TextRole) -> StripRow {
    let cells = cells.iter().map(|text| StripCell::new(role, *text)).collect();
    StripRow { label: label.into(), cells, note: "until 14-Jul-2026".into() }
}

fn dashboard() -> Scene {
    let mut scene = base(
        5,
        "dashboard",
        "SAMPLE, Anna: 14 days",
        "62 % in range 70 to 180 mg/dL, lowest 58 mg/dL on 09-Jul-2026 03:10.",
    );
    let share = |label: &str, count: u32, percent: &str, per_mille: u16, role: TextRole| Share {
        label: label.into(),
        word: label.split(' ').next_back().unwrap_or_default().into(),
        count,
        percent: percent.into(),
        numbers: format!("{percent} ({count})"),
        per_mille,
        role,
    };
    let rows = (0..40_u32).map(|n| {
        let (value, role, word) = match n % 4 {
            0 => ("58 mg/dL", TextRole::Warning, "LOW"),
            1 => ("254 mg/dL", TextRole::Problem, "VERY HIGH"),
            _ => ("112 mg/dL", TextRole::Text, ""),
        };
        (role, vec![format!("{:02}-Jul-2026 07:{:02}", 1 + n % 14, n), value.into(), word.into(), "before meal".into()])
    });
    scene.blocks = vec![
        Block::Shares {
            shares: vec![
                share("Below 54", 1, "<1 %", 4, TextRole::Problem),
                share("54 to 69", 12, "5 %", 51, TextRole::Warning),
                share("70 to 180", 146, "62 %", 620, TextRole::Ok),
                share("181 to 250", 60, "26 %", 255, TextRole::Warning),
                share("Above 250", 16, "7 %", 70, TextRole::Problem),
            ],
        },
        Block::Strip(Strip {
            kind: StripKind::Chart,
            said: "Standard day: the lowest median is 92 mg/dL at 12-15 o'clock, the highest 133 at 15-18 o'clock."
                .into(),
            rows: vec![
                strip_row("Hour of day", &["12-15", "15-18", "18-21"], TextRole::Dim),
                strip_row("Median", &["92", "133", "-"], TextRole::Text),
            ],
        }),
        Block::Strip(Strip {
            kind: StripKind::Chart,
            said: "Of 5 days with readings 3 have a value above 180, 1 has one below 70.".into(),
            rows: vec![strip_row("Above 180", &["1", "-", " ", "3", "+"], TextRole::Warning)],
        }),
        Block::Table(Table {
            title: "Readings".into(),
            head: ["Time", "Value", "Range", "Meal"].map(Into::into).to_vec(),
            rows: rows.collect(),
            first: 0,
            total: 40,
            offset: 3,
            selected: None,
            focused: true,
            empty: "No readings in this period.".into(),
        }),
    ];
    scene
}

pub(crate) fn help() -> Scene {
    let mut scene = find_patient();
    scene.overlay = Some(OverlayBox {
        title: "Help".into(),
        blocks: vec![
            Block::Text {
                role: TextRole::Text,
                text: "Readings are never assigned before you have confirmed device and person.".into(),
            },
            Block::Facts {
                title: "Keys".into(),
                facts: vec![
                    fact("Enter", "go on with what has the focus", TextRole::Text),
                    fact("Esc", "back, nothing is lost", TextRole::Text),
                    fact("F5", "look again for meters", TextRole::Text),
                    fact("F10", "not now: no patient is chosen", TextRole::Dim),
                ],
            },
            Block::Buttons { buttons: vec![button("Close", true, None)] },
        ],
    });
    scene
}

/// Every scene with the name of its case.
pub(crate) fn all() -> Vec<(&'static str, Scene)> {
    vec![
        ("sign_in__refused", sign_in()),
        ("sign_in_by_code__shown", sign_in_by_code()),
        ("find_patient__inactive", find_patient()),
        ("find_patient__long", long_list()),
        ("find_patient__help", help()),
        ("upload__reading", upload()),
        ("upload__silent", upload_failed()),
        ("confirm_device__new", confirm_device()),
        ("confirm_assignment__typing", confirm_assignment()),
        ("dashboard__full", dashboard()),
    ]
}
