//! What is said, then how it is drawn.

pub mod scene;
pub mod view;
pub mod words;
