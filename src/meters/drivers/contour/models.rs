//! Product numbers of Contour meters and the names they are sold under.

/// The name of a product. The number is what the header holds behind `Bayer` or `Contour`.
pub(super) fn name(number: &str) -> Option<&'static str> {
    Some(match number {
        "6200" | "6300" => "Contour Next Link",
        "6210" => "Contour Next Link 2.4",
        "7150" | "7220" => "Contour",
        "7160" => "Contour Next EZ",
        "7350" => "Contour Next",
        "7390" => "Contour USB",
        "7410" => "Contour Next USB",
        "7600" => "Contour Plus",
        // The Contour Plus One reports the same number; nothing in the conversation tells them apart.
        "7800" => "Contour Next One",
        // Sold as Contour Next too. The name is part of the key under which a meter is owned, so it must not be that of
        // another product.
        "7900" => "Contour Next Gen",
        "7950" => "Contour Plus Blue",
        _ => return None,
    })
}
