//! What is said, then how it is drawn.

mod cells;
pub mod glyphs;
pub mod json;
pub mod layout;
pub mod linear;
pub mod paint;
pub mod scene;
pub mod spans;
pub mod theme;
pub mod view;
pub mod words;
