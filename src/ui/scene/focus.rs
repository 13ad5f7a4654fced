//! What of a scene can have the focus. Each question is answered for every kind of block, so that a new one that acts
//! cannot be forgotten where lines are read, keys are sent or a box lies over the screen.

use super::{Block, InputField, Scene};

impl Scene {
    /// The same with nothing that has the focus, as it lies under a box.
    #[must_use]
    pub fn at_rest(&self) -> Self {
        let mut scene = self.clone();
        scene.blocks.iter_mut().for_each(Block::lose_focus);
        scene
    }

    /// The blocks that have the focus: those of the box if there is one.
    #[must_use]
    pub fn active_blocks(&self) -> &[Block] {
        self.overlay.as_ref().map_or(&self.blocks, |overlay| &overlay.blocks)
    }

    /// The field in which is typed now.
    #[must_use]
    pub fn focused_field(&self) -> Option<&InputField> {
        self.active_blocks().iter().filter_map(Block::field).find(|field| field.cursor.is_some())
    }
}

impl Block {
    fn lose_focus(&mut self) {
        match self {
            Self::Field(field) => field.cursor = None,
            Self::Choices(choices) => choices.focused = false,
            Self::Buttons { buttons } => buttons.iter_mut().for_each(|button| button.focused = false),
            Self::Table(table) => table.focused = false,
            Self::Grid(grid) => grid.focused = false,
            Self::Text { .. }
            | Self::Facts { .. }
            | Self::Gauge { .. }
            | Self::Problem { .. }
            | Self::Notice { .. }
            | Self::Shares { .. }
            | Self::Strip(_)
            | Self::Tabs(_)
            | Self::Curve(_)
            | Self::QrCode { .. } => {}
        }
    }

    /// The field to type in, if it is one.
    #[must_use]
    pub const fn field(&self) -> Option<&InputField> {
        match self {
            Self::Field(field) => Some(field),
            Self::Choices(_)
            | Self::Buttons { .. }
            | Self::Table(_)
            | Self::Text { .. }
            | Self::Facts { .. }
            | Self::Gauge { .. }
            | Self::Problem { .. }
            | Self::Notice { .. }
            | Self::Shares { .. }
            | Self::Strip(_)
            | Self::Tabs(_)
            | Self::Grid(_)
            | Self::Curve(_)
            | Self::QrCode { .. } => None,
        }
    }
}
