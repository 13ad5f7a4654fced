//! Text in terminal cells: how wide it is, cut to a width, wrapped to a width.
//!
//! Measured exactly as the buffer measures when it draws, so that nothing drawn is wider than what was reckoned.

use ratatui::buffer::CellWidth as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// What is seen as one character, with its width; what takes no room or controls the terminal is left out.
pub(crate) fn clusters(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.graphemes(true)
        .filter(|cluster| !cluster.contains(char::is_control))
        .map(|cluster| (cluster, usize::from(cluster.cell_width())))
        .filter(|(_, width)| *width > 0)
}

/// Whether each byte of a text is a character of one cell: printable ASCII, which most cells of a table are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The width of a text.
pub(crate) fn width(text: &str) -> usize {
    if is_plain(text) { text.len() } else { clusters(text).map(|(_, width)| width).sum() }
}

/// As much of the start of a text as fits.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if is_plain(text) {
        return text.get(..room.min(text.len())).unwrap_or_default().to_owned();
    }
    let mut used = 0;
    clusters(text)
        .take_while(|(_, width)| {
            used += width;
            used <= room
        })
        .map(|(cluster, _)| cluster)
        .collect()
}

/// The text if it fits, else its start and an ellipsis.
pub(crate) fn fit(text: &str, room: usize, ellipsis: &str) -> String {
    if width(text) <= room {
        return cut(text, room);
    }
    match room.checked_sub(width(ellipsis)) {
        // An ellipsis with nothing before it would say less than the first characters do.
        Some(rest) if rest > 0 => cut(text, rest).trim_end().to_owned() + ellipsis,
        Some(_) | None => cut(text, room),
    }
}

/// The text in lines of at most this width, broken between words, and within a word only if it is wider than a line.
/// A line break in the text stays one. At least one line; at most `room` cells each, unless one character is wider.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let wide = width(word);
            if used > 0 && used + 1 + wide > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            for (cluster, wide) in clusters(word) {
                if used > 0 && used + wide > room {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push_str(cluster);
                used += wide;
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(width("Müller 山田"), 11);
        assert_eq!(cut("山田太郎", 5), "山田");
        assert_eq!(fit("山田太郎", 6, "…"), "山田…");
        assert_eq!(fit("Konstantinopolitanski", 10, "..."), "Konstan...");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one\n\ntwo", 7), ["one", "", "two"]);
        assert_eq!(wrap("92500000042", 4), ["9250", "0000", "042"]);
    }

    proptest! {
        /// The fast way is no other way.
        #[test]
        fn plain_text_is_measured_and_cut_like_any_other(text in "[ -~]{0,60}", room in 0_usize..70) {
            prop_assert_eq!(width(&text), clusters(&text).map(|(_, width)| width).sum::<usize>());
            let cut_by_clusters: String = clusters(&text).take(room).map(|(cluster, _)| cluster).collect();
            prop_assert_eq!(cut(&text, room), cut_by_clusters);
        }

        #[test]
        fn nothing_is_wider_than_its_room(text in "\\PC{0,60}", room in 2_usize..40) {
            prop_assert!(width(&cut(&text, room)) <= room);
            prop_assert!(width(&fit(&text, room, "...")) <= room);
            for line in wrap(&text, room) {
                let widest = clusters(&line).map(|(_, width)| width).max().unwrap_or(0);
                prop_assert!(width(&line) <= room.max(widest));
            }
        }
    }
}
