//! Themes: no meaning in colour alone, no colour that vanishes, and the right theme for a terminal.

use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::scene::TextRole;
use glucodock::ui::theme::{Colours, Environment, Theme};
use ratatui::style::{Color, Modifier};
use rstest::rstest;

const ROLES: [TextRole; 15] = [
    TextRole::Text,
    TextRole::Dim,
    TextRole::Heading,
    TextRole::Accent,
    TextRole::Selected,
    TextRole::Focus,
    TextRole::Ok,
    TextRole::Warning,
    TextRole::Problem,
    TextRole::VeryLow,
    TextRole::Low,
    TextRole::High,
    TextRole::VeryHigh,
    TextRole::Disabled,
    TextRole::Frame,
];

#[test]
fn built_in_themes_can_be_read() {
    for name in ["colour16", "mono"] {
        let path = format!("{}/assets/themes/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let colours = if name == "mono" { Colours::Mono } else { Colours::Sixteen };
        assert_eq!(Theme::parse(&text, GlyphSet::Ascii).unwrap(), Theme::new(colours, GlyphSet::Ascii));
    }
}

#[test]
fn in_mono_every_role_but_dim_differs_from_text_by_attribute_or_sign() {
    let theme = Theme::new(Colours::Mono, GlyphSet::Unicode);
    for role in ROLES.into_iter().filter(|role| !matches!(role, TextRole::Text | TextRole::Dim)) {
        let style = theme.style(role);
        assert!(style.fg.is_none() && style.bg.is_none(), "{role:?} has a colour");
        assert!(!style.add_modifier.is_empty() || !theme.sign(role).is_empty(), "{role:?} looks like text");
    }
    let selected = theme.style(TextRole::Selected);
    assert!(selected.add_modifier.contains(Modifier::REVERSED | Modifier::BOLD));
}

#[test]
fn what_has_a_meaning_has_a_sign_of_its_own_in_every_theme() {
    for colours in [Colours::Sixteen, Colours::Mono] {
        let theme = Theme::new(colours, GlyphSet::Unicode);
        let meanings = [TextRole::Selected, TextRole::Ok, TextRole::Warning, TextRole::Problem, TextRole::Disabled];
        let mut signs: Vec<&str> = meanings.into_iter().map(|role| theme.sign(role)).collect();
        assert!(signs.iter().all(|sign| !sign.is_empty() && sign.len() <= 2 && sign.is_ascii()), "{signs:?}");
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), meanings.len());
    }
}

/// Too low and too high are told apart by colour, as on paper; without any by words and marks.
#[test]
fn low_and_high_have_each_a_colour() {
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    let ranges = [TextRole::VeryLow, TextRole::Low, TextRole::Ok, TextRole::High, TextRole::VeryHigh];
    let looks = ranges.map(|role| theme.style(role));
    assert!((0..looks.len()).all(|at| !looks[at + 1..].contains(&looks[at])), "{looks:?}");
    assert_ne!(theme.style(TextRole::Low).fg, theme.style(TextRole::High).fg);
    assert_ne!(theme.style(TextRole::VeryLow).fg, theme.style(TextRole::VeryHigh).fg);
}

#[test]
fn no_colour_vanishes_on_a_light_or_a_dark_background() {
    for colours in [Colours::Sixteen, Colours::Mono] {
        let theme = Theme::new(colours, GlyphSet::Unicode);
        for role in ROLES {
            let style = theme.style(role);
            assert_eq!(style.bg, None, "{role:?}");
            let vanishes =
                [Color::White, Color::Gray, Color::Black, Color::DarkGray, Color::Yellow, Color::LightYellow];
            assert!(style.fg.is_none_or(|colour| !vanishes.contains(&colour)), "{role:?}");
        }
    }
    let yellow = include_str!("../../assets/themes/mono.toml").replace("[ok]", "[ok]\ncolour = \"yellow\"");
    assert!(Theme::parse(&yellow, GlyphSet::Ascii).is_err());
}

fn environment(term: &str, lang: &str) -> Environment {
    Environment { term: Some(term.into()), lang: Some(lang.into()), ..Environment::default() }
}

#[rstest]
#[case::usual(environment("xterm-256color", "en_GB.UTF-8"), Colours::Sixteen, GlyphSet::Unicode)]
#[case::no_color(
    Environment { no_color: Some("1".into()), ..environment("xterm-256color", "C.utf8") },
    Colours::Mono,
    GlyphSet::Unicode
)]
#[case::empty_no_color(
    Environment { no_color: Some(String::new()), ..environment("tmux-256color", "C.utf8") },
    Colours::Sixteen,
    GlyphSet::Unicode
)]
#[case::few_colours(environment("vt220", "en_GB.UTF-8"), Colours::Mono, GlyphSet::Unicode)]
#[case::console(environment("linux", "en_GB.UTF-8"), Colours::Mono, GlyphSet::Ascii)]
#[case::latin1(environment("xterm-color", "de_DE.ISO-8859-1"), Colours::Sixteen, GlyphSet::Ascii)]
#[case::lc_all_wins(
    Environment { lc_all: Some("C".into()), ..environment("xterm-256color", "en_GB.UTF-8") },
    Colours::Sixteen,
    GlyphSet::Ascii
)]
#[case::empty_lc_all(
    Environment { lc_all: Some(String::new()), lc_ctype: Some("C.UTF-8".into()), ..environment("foot", "C") },
    Colours::Sixteen,
    GlyphSet::Unicode
)]
#[case::nothing_known(Environment::default(), Colours::Mono, GlyphSet::Ascii)]
#[case::flags(
    Environment {
        colour: Some(Colours::Sixteen),
        glyphs: Some(GlyphSet::Unicode),
        no_color: Some("1".into()),
        ..Environment::default()
    },
    Colours::Sixteen,
    GlyphSet::Unicode
)]
fn the_theme_suits_the_terminal(#[case] environment: Environment, #[case] colours: Colours, #[case] glyphs: GlyphSet) {
    assert_eq!(Theme::choose(&environment), Theme::new(colours, glyphs));
}
