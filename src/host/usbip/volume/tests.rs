use super::*;

fn volume() -> Volume {
    let file = |path: &str, bytes: &[u8]| DriveFile { path: path.to_owned(), bytes: bytes.to_vec() };
    let long = vec![7; CLUSTER + 1];
    Volume::new("METER", vec![file("MISC/STATUS.TXT", b"ok"), file("A.BIN", &long), file("EMPTY", b"")]).unwrap()
}

/// The fields of the first block at their places (page 9 and 11 of the specification).
#[test]
fn the_first_block_tells_the_layout() {
    let block = volume().blocks(0, 1).unwrap();
    assert_eq!(block.len(), 512);
    assert_eq!(block[11..13], [0, 2]);
    assert_eq!(block[13..17], [4, 1, 0, 2]);
    assert_eq!(block[17..24], [0, 2, 0, 0x80, 0xf8, 32, 0]);
    assert_eq!(block[43..62], *b"METER      FAT16   ");
    assert_eq!(block[510..], [0x55, 0xaa]);
    assert!((4085..65_525).contains(&CLUSTERS));
    const { assert!((CLUSTERS + 2) * 2 <= TABLE_BLOCKS * BLOCK) };
}

/// Worked out by hand: A.BIN has clusters 2 and 3, EMPTY none, the folder MISC 4, its file 5.
#[test]
fn files_are_chains_of_clusters() {
    let volume = volume();
    let table = volume.blocks(1, 1).unwrap();
    assert_eq!(table[..14], [0xf8, 0xff, 0xff, 0xff, 3, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]);
    assert_eq!(volume.blocks(33, 1).unwrap(), table);
    let root = volume.blocks(65, 1).unwrap();
    assert_eq!(root[..12], *b"METER      \x08");
    assert_eq!((&root[32..44], &root[58..64]), (&b"A       BIN\x01"[..], &[2, 0, 1, 8, 0, 0][..]));
    assert_eq!((&root[64..76], &root[90..96]), (&b"EMPTY      \x01"[..], &[0; 6][..]));
    assert_eq!((&root[96..108], &root[122..128]), (&b"MISC       \x10"[..], &[4, 0, 0, 0, 0, 0][..]));
    assert_eq!(root[128], 0);
    let first_data_block = 65 + 32;
    assert_eq!(volume.blocks(first_data_block, 4).unwrap(), [7; CLUSTER]);
    assert_eq!(volume.blocks(first_data_block + 4, 1).unwrap()[..2], [7, 0]);
    let folder = volume.blocks(first_data_block + 8, 1).unwrap();
    assert_eq!((&folder[..12], &folder[26..28]), (&b".          \x10"[..], &[4, 0][..]));
    assert_eq!((&folder[32..44], &folder[58..60]), (&b"..         \x10"[..], &[0, 0][..]));
    assert_eq!((&folder[64..76], &folder[90..96]), (&b"STATUS  TXT\x01"[..], &[5, 0, 2, 0, 0, 0][..]));
    assert_eq!(volume.blocks(first_data_block + 12, 1).unwrap()[..3], *b"ok\0");
}

#[test]
fn the_drive_has_an_end() {
    let volume = volume();
    assert_eq!(volume.blocks(BLOCKS - 1, 1), Some(vec![0; 512]));
    assert_eq!(volume.blocks(BLOCKS - 1, 2), None);
    assert_eq!(volume.blocks(u32::MAX, 1), None);
}

#[test]
fn what_does_not_fit_is_refused() {
    let file = |bytes| vec![DriveFile { path: "A.BIN".to_owned(), bytes: vec![1; bytes] }];
    assert!(Volume::new("", file(CLUSTERS * CLUSTER)).is_ok());
    assert!(Volume::new("", file(CLUSTERS * CLUSTER + 1)).is_err());
}
