//! What goes around a SCSI command on USB: the wrappers of Mass Storage Bulk-Only Transport 1.0, section 5. Pure.

/// Bytes of a status wrapper (USB Mass Storage Class, Bulk-Only Transport 1.0, section 5.2).
pub(super) const STATUS_LENGTH: usize = 13;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommandStatus {
    /// It was done; this many bytes of its data were not moved.
    Done {
        /// `dCSWDataResidue`.
        residue: usize,
    },
    /// The device refused it.
    Refused,
    /// The two sides no longer agree on what is to come: the device must be reset.
    OutOfPhase,
}

/// The command wrapper: signature, tag, length of the data, direction, unit 0, the command padded to 16 bytes. `None`
/// for a command that is empty or longer.
pub(super) fn command(tag: u32, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
    let count = u8::try_from(cdb.len()).ok().filter(|count| (1..=16).contains(count))?;
    let is_in = data_out.is_empty();
    let length = u32::try_from(if is_in { expected } else { data_out.len() }).ok()?;
    let mut bytes = b"USBC".to_vec();
    bytes.extend(tag.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend([if is_in { 0x80 } else { 0 }, 0, count]);
    bytes.extend(cdb);
    bytes.resize(31, 0);
    Some(bytes)
}

/// Reads a status wrapper; `None` if it is not that of this command.
pub(super) fn status(tag: u32, bytes: &[u8]) -> Option<CommandStatus> {
    // A status of another tag belongs to a command that was given up; taken for this one it would call a lost answer
    // done.
    let [b'U', b'S', b'B', b'S', t0, t1, t2, t3, r0, r1, r2, r3, status] = *bytes else { return None };
    if u32::from_le_bytes([t0, t1, t2, t3]) != tag {
        return None;
    }
    let residue = usize::try_from(u32::from_le_bytes([r0, r1, r2, r3])).ok()?;
    match status {
        0 => Some(CommandStatus::Done { residue }),
        1 => Some(CommandStatus::Refused),
        2 => Some(CommandStatus::OutOfPhase),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written out by hand after tables 5.1 and 5.2.
    #[test]
    fn an_inquiry_is_wrapped() {
        let bytes = command(0x0102_0304, &[0x12, 0, 0, 0, 0x24, 0], &[], 36).unwrap();
        let expected = [
            &b"USBC"[..],
            &[4, 3, 2, 1],
            &[36, 0, 0, 0],
            &[0x80, 0, 6],
            &[0x12, 0, 0, 0, 0x24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ];
        assert_eq!(bytes, expected.concat());
        let write = command(1, &[0x2a; 10], &[0; 512], 0).unwrap();
        assert_eq!(write[8..15], [0, 2, 0, 0, 0, 0, 10]);
        assert_eq!(command(1, &[], &[], 0), None);
        assert_eq!(command(1, &[0; 17], &[], 0), None);
    }

    #[test]
    fn a_status_belongs_to_its_command() {
        let bytes = |status, tag| [b"USBS", &[tag, 0, 0, 0][..], &[5, 0, 0, 0], &[status]].concat();
        assert_eq!(status(7, &bytes(0, 7)), Some(CommandStatus::Done { residue: 5 }));
        assert_eq!(status(7, &bytes(1, 7)), Some(CommandStatus::Refused));
        assert_eq!(status(7, &bytes(2, 7)), Some(CommandStatus::OutOfPhase));
        assert_eq!(status(7, &bytes(3, 7)), None);
        assert_eq!(status(7, &bytes(0, 6)), None);
        assert_eq!(status(7, b"USBC"), None);
        assert_eq!(status(7, &[]), None);
    }
}
