use super::*;

/// A list turns pages of the same length from its first row on.
#[test]
fn the_page_with_the_selected_row_is_in_the_window_however_long_it_is() {
    for total in [1, 2, 20, 40, 41, 60, 61, 500] {
        for selected in 0..total {
            let window = Choices::window(Some(selected), total);
            for page in 1..=Choices::LONGEST_PAGE {
                let begin = selected / page * page;
                let end = total.min(begin + page);
                assert!(window.start <= begin && end <= window.end, "{selected} of {total}, {page} a page: {window:?}");
            }
            assert!(window.len() <= 90, "{window:?}");
        }
        assert_eq!(Choices::window(None, total), Choices::window(Some(0), total));
    }
    assert_eq!(Choices::window(None, 0), 0..0);
}
