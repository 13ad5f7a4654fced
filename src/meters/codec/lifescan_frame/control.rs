//! The link control byte of the `UltraEasy`'s frames.

/// Which bits of a link control byte are set. Both sides number their frames with one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkControl(u8);

impl LinkControl {
    /// The bits: number of this frame, number of the next that is expected, acknowledgement, end of the connection,
    /// more frames follow.
    const SEQUENCE: u8 = 0x01;
    const EXPECTED: u8 = 0x02;
    const ACKNOWLEDGE: u8 = 0x04;
    const DISCONNECT: u8 = 0x08;
    const MORE: u8 = 0x10;

    /// A frame with a message: the sender's bit, and the one it expects next from the other side.
    #[must_use]
    pub const fn message(sequence: bool, expected: bool) -> Self {
        Self((if sequence { Self::SEQUENCE } else { 0 }) | (if expected { Self::EXPECTED } else { 0 }))
    }

    /// The acknowledgement of a frame.
    #[must_use]
    pub const fn acknowledge(sequence: bool, expected: bool) -> Self {
        Self(Self::message(sequence, expected).0 | Self::ACKNOWLEDGE)
    }

    /// The end of a connection, after which both sides count from 0.
    #[must_use]
    pub const fn disconnect(sequence: bool, expected: bool) -> Self {
        Self(Self::message(sequence, expected).0 | Self::DISCONNECT)
    }

    /// The acknowledgement of the end of a connection.
    pub const DISCONNECTED: Self = Self(Self::DISCONNECT | Self::ACKNOWLEDGE);

    /// The byte as it stands in the frame.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// The sender's bit.
    #[must_use]
    pub const fn sequence(self) -> bool {
        self.0 & Self::SEQUENCE != 0
    }

    /// The bit that the sender expects next.
    #[must_use]
    pub const fn expected(self) -> bool {
        self.0 & Self::EXPECTED != 0
    }

    /// Whether the frame acknowledges another.
    #[must_use]
    pub const fn is_acknowledge(self) -> bool {
        self.0 & Self::ACKNOWLEDGE != 0
    }

    /// Whether the frame ends the connection.
    #[must_use]
    pub const fn is_disconnect(self) -> bool {
        self.0 & Self::DISCONNECT != 0
    }

    /// Whether the message goes on in the next frame. No known meter does this.
    #[must_use]
    pub const fn has_more(self) -> bool {
        self.0 & Self::MORE != 0
    }
}

impl From<u8> for LinkControl {
    fn from(byte: u8) -> Self {
        Self(byte)
    }
}
