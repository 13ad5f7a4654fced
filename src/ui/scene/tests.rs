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

/// A scene that says a block of every kind that can have the focus, all with it.
fn all_focused() -> Scene {
    let field = InputField {
        label: "Search".into(),
        value: "sam".into(),
        cursor: Some(3),
        example: String::new(),
        complaint: None,
        hidden: true,
        is_replaced: false,
    };
    let list = Choices {
        title: String::new(),
        rows: Vec::new(),
        first: 0,
        total: 0,
        is_part: false,
        selected: None,
        focused: true,
        empty: "nobody".into(),
        footer: String::new(),
        marks_only: false,
        columns: ListColumns::default(),
    };
    let table = Table {
        title: String::new(),
        head: Vec::new(),
        rows: Vec::new(),
        first: 0,
        total: 0,
        selected: None,
        offset: 0,
        focused: true,
        empty: "no reading".into(),
    };
    let button = Button { label: "Close".into(), focused: true, disabled: None };
    Scene {
        site: "Clinic".into(),
        user: String::new(),
        trail: Vec::new(),
        is_wide: false,
        step: "find_patient",
        heading: "Find".into(),
        instruction: String::new(),
        blocks: vec![
            Block::Field(field),
            Block::Choices(list),
            Block::Table(table),
            Block::Buttons { buttons: vec![button] },
        ],
        panel: PanelView::default(),
        hints: Vec::new(),
        ways_out: Vec::new(),
        remark: None,
        overlay: None,
    }
}

#[test]
fn under_a_box_nothing_has_the_focus() {
    let focus = |scene: &Scene| {
        let told = serde_json::to_string(scene).unwrap();
        told.matches("\"focused\":true").count() + told.matches("\"cursor\":3").count()
    };
    assert_eq!((focus(&all_focused()), focus(&all_focused().at_rest())), (4, 0));
}

#[test]
fn what_is_typed_goes_into_the_field_of_the_box_if_there_is_one() {
    let mut scene = all_focused();
    assert!(scene.focused_field().is_some_and(|field| field.hidden));
    scene.overlay = Some(OverlayBox { title: "Help".into(), blocks: Vec::new() });
    assert_eq!(scene.focused_field(), None);
}
