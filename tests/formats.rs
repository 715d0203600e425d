//! Files of other programs: `⎕SE.file`.

mod common;

use std::fs;

use common::Typed;

/// A file as NumPy writes it.
fn npy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    text += &" ".repeat(63 - (10 + text.len()) % 64);
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(data);
    bytes
}

fn bytes<const N: usize, T: Copy>(items: &[T], as_bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    items.iter().flat_map(|&item| as_bytes(item)).collect()
}

#[test]
fn every_dtype_is_read() {
    let mut typed = Typed::in_folder();
    let wide = |text: &str| text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect::<Vec<u8>>();
    let cases: [(&str, &str, &str, Vec<u8>, &str); 22] = [
        ("|b1", "False", "(4,)", vec![1, 0, 0, 1], "1 0 0 1"),
        ("|i1", "False", "(2,)", vec![0x80, 127], "¯128 127"),
        ("|u1", "False", "(2,)", vec![0, 255], "0 255"),
        ("<i2", "False", "(2,)", bytes(&[-300i16, 7], i16::to_le_bytes), "¯300 7"),
        (">i2", "False", "(2,)", bytes(&[-300i16, 7], i16::to_be_bytes), "¯300 7"),
        ("<u2", "False", "(1,)", bytes(&[65535u16], u16::to_le_bytes), ",65535"),
        ("<i4", "False", "()", bytes(&[-5i32], i32::to_le_bytes), "¯5"),
        ("<u4", "False", "(1,)", bytes(&[u32::MAX], u32::to_le_bytes), ",4294967295"),
        ("<i8", "False", "(2, 3)", bytes(&[1i64, 2, 3, 4, 5, 6], i64::to_le_bytes), "2 3⍴⍳6"),
        ("<i8", "True", "(2, 3)", bytes(&[1i64, 4, 2, 5, 3, 6], i64::to_le_bytes), "2 3⍴⍳6"),
        ("<i8", "False", "(2,)", bytes(&[1i64 << 40, -1], i64::to_le_bytes), "(2*40),¯1"),
        (">u8", "False", "(1,)", bytes(&[9u64], u64::to_be_bytes), ",9"),
        ("<f2", "False", "(2,)", vec![0x00, 0x3e, 0x00, 0xc0], "1.5 ¯2"),
        ("<f4", "False", "(2,)", bytes(&[0.5f32, -8.0], f32::to_le_bytes), "0.5 ¯8"),
        ("<f8", "False", "(1, 2)", bytes(&[0.1f64, 1e300], f64::to_le_bytes), "1 2⍴0.1 1E300"),
        (">f8", "True", "(2, 2)", bytes(&[1.5f64, 2.0, 3.0, 4.0], f64::to_be_bytes), "2 2⍴1.5 3 2 4"),
        ("<c8", "False", "(1,)", bytes(&[1.0f32, -2.0], f32::to_le_bytes), ",1J¯2"),
        ("<c16", "False", "(2,)", bytes(&[1.0f64, 2.0, 0.0, 3.0], f64::to_le_bytes), "1J2 0J3"),
        ("<f8", "False", "(0, 3)", vec![], "0 3⍴0"),
        ("<U1", "False", "(2, 2)", wide("a⍺bc"), "2 2⍴'a⍺bc'"),
        ("<U3", "False", "(2,)", wide("ab\0xyz"), "'ab' 'xyz'"),
        ("|S3", "False", "(2,)", b"a\0\0bcd".to_vec(), "(,'a')'bcd'"),
    ];
    for (descr, order, shape, data, wanted) in cases {
        let whole = npy(descr, order, shape, &data);
        fs::write(typed.folder.0.join("x.npy"), &whole).unwrap();
        typed.all_true(&[&format!("({wanted})≡⎕SE.file.npy f,'x.npy'")]);
        // Cut off anywhere, it is an error.
        for length in (0..whole.len()).step_by(if data.is_empty() { 1 } else { 17 }) {
            fs::write(typed.folder.0.join("x.npy"), &whole[..length]).unwrap();
            let shown = typed.shows("⎕SE.file.npy f,'x.npy'");
            assert!(shown.starts_with("DOMAIN ERROR"), "{descr} {length}: {shown}");
        }
    }
    for (descr, data) in [("<M8[s]", vec![0; 8]), ("<f8", f64::NAN.to_le_bytes().to_vec())] {
        fs::write(typed.folder.0.join("x.npy"), npy(descr, "False", "(1,)", &data)).unwrap();
        let shown = typed.shows("⎕SE.file.npy f,'x.npy'");
        assert!(shown.starts_with("DOMAIN ERROR"), "{descr}: {shown}");
    }
    let hostile = npy("<f8", "False", "(99999999999, 99999999999)", &[]);
    fs::write(typed.folder.0.join("x.npy"), hostile).unwrap();
    let shown = typed.shows("⎕SE.file.npy f,'x.npy'");
    assert!(shown.contains("ERROR") || shown.contains("WS FULL"), "{shown}");
}

#[test]
fn what_is_written_is_as_numpy_writes_it() {
    let mut typed = Typed::in_folder();
    typed.shows("(2 3⍴⍳6)⎕SE.file.npy f,'x.npy'");
    let wanted = npy("<i8", "False", "(2, 3)", &bytes(&[1i64, 2, 3, 4, 5, 6], i64::to_le_bytes));
    assert_eq!(fs::read(typed.folder.0.join("x.npy")).unwrap(), wanted);
    typed.shows("1.5 ⎕SE.file.npy f,'x.npy'");
    let wanted = npy("<f8", "False", "()", &1.5f64.to_le_bytes());
    assert_eq!(fs::read(typed.folder.0.join("x.npy")).unwrap(), wanted);
    for value in [
        "1 0 1",
        "¯5",
        "0.5×3 4⍴⍳12",
        "2 2⍴1J2",
        "'text'",
        "'one' 'three'",
        "2 2⍴'ab' 'c⍺d' '' 'e'",
        "0 3⍴0",
        "2*40",
        "300000⍴1.5",
    ] {
        typed.all_true(&[&format!("_←({value})⎕SE.file.npy f,'x.npy' ⋄ (({value}),¨⊂⍬)≡(⎕SE.file.npy f,'x.npy'),¨⊂⍬")]);
    }
    for value in ["(1 2)(3 4)", "⎕NULL", "⊂1"] {
        let shown = typed.shows(&format!("({value})⎕SE.file.npy f,'x.npy'"));
        assert!(shown.starts_with("DOMAIN ERROR") || value == "⊂1", "{value}: {shown}");
    }
    assert!(typed.shows("⎕SE.file.npy f,'nosuch'").starts_with("FILE NAME ERROR"));
    assert!(typed.shows("⎕SE.file.npy'/etc/passwd'").starts_with("FILE ACCESS ERROR"));
}

#[test]
fn the_namespace_is_always_there() {
    let mut typed = Typed::in_folder();
    assert_eq!(typed.shows("⎕SE.file.⎕NL ¯3"), " arrow  jpeg  npy  npz  parquet  png  wav \n");
    assert_eq!(typed.shows(")clear\n⎕SE.file.⎕NC'npy'"), "clear ws\n3\n");
    typed.shows("f←(739⌶0),'/' ⋄ get←⎕SE.file.npy ⋄ (⍳3)get f,'x.npy' \n⎕SAVE f,'w'\n)clear");
    let path = typed.folder.0.display().to_string();
    typed.shows(&format!(")load {path}/w"));
    typed.all_true(&["1 2 3≡get f,'x.npy'"]);
}

#[cfg(feature = "npz")]
#[test]
fn several_arrays_come_back() {
    let mut typed = Typed::in_folder();
    typed.all_true(&[
        "x←('w' 'bias')((2 3⍴0.5×⍳6)(1 2 3)) ⋄ _←x ⎕SE.file.npz f,'x.npz' ⋄ y←⎕SE.file.npz f,'x.npz' ⋄ (2⊃x)≡2⊃y",
        "((,'w')'bias')≡⊃y",
        "_←(⍬ ⍬)⎕SE.file.npz f,'y.npz' ⋄ 0 0≡≢¨⎕SE.file.npz f,'y.npz'",
    ]);
    let path = typed.folder.0.join("x.npz");
    let whole = fs::read(&path).unwrap();
    for length in (0..whole.len()).step_by(9) {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(typed.shows("⎕SE.file.npz f,'x.npz'").starts_with("DOMAIN ERROR"), "{length}");
    }
}

#[cfg(feature = "sound")]
#[test]
fn sound_comes_back() {
    let mut typed = Typed::in_folder();
    typed.all_true(&[
        "s←2 100⍴¯1+(⍳200)÷128 ⋄ s←s×0.5 ⋄ _←(s 44100)⎕SE.file.wav f,'x.wav' ⋄ (s 44100)≡⎕SE.file.wav f,'x.wav'",
    ]);
    typed.all_true(&["_←((0 0.5 ¯0.5)8000)⎕SE.file.wav f,'y.wav' ⋄ ((1 3⍴0 0.5 ¯0.5)8000)≡⎕SE.file.wav f,'y.wav'"]);
    fs::write(typed.folder.0.join("z.wav"), b"RIFF").unwrap();
    assert!(typed.shows("⎕SE.file.wav f,'z.wav'").starts_with("DOMAIN ERROR"));
}

#[cfg(feature = "image")]
#[test]
fn pictures_come_back() {
    let mut typed = Typed::in_folder();
    typed.shows("p←{_←⍵ ⎕SE.file.png f,'x.png' ⋄ ⎕SE.file.png f,'x.png'}");
    typed.all_true(&[
        "(x≡p x←5 7 1⍴⍳35)∧(x≡p x←5 7 2⍴⍳70)∧(x≡p x←3 2 3⍴13×⍳18)∧(x≡p x←4 4 4⍴⍳64)",
        // A matrix is a grey picture; samples beyond 255 are kept.
        "(2 2 1⍴x)≡p x←2 2⍴0 255 1 2",
        "x≡p x←2 3 3⍴3000×⍳18",
        "0 65535≡,p 1 2⍴0 65535",
        "_←(8 16 3⍴128)⎕SE.file.jpeg f,'x.jpeg' ⋄ 8 16 3≡⍴⎕SE.file.jpeg f,'x.jpeg'",
        "3≥⌈/|128-,⎕SE.file.jpeg f,'x.jpeg'",
        "g←⍉16 8⍴10×⍳16 ⋄ _←g ⎕SE.file.jpeg f,'g.jpeg' ⋄ 8 16 1≡⍴⎕SE.file.jpeg f,'g.jpeg'",
        "15≥⌈/|,g-(⎕SE.file.jpeg f,'g.jpeg')[;;1]",
    ]);
    for wrong in ["(2 2⍴256.5)", "(2 2⍴¯1)", "(2 2⍴65536)", "(2 2⍴'a')"] {
        typed.fails(&format!("{wrong}⎕SE.file.png f,'y.png'"), "DOMAIN ERROR");
    }
    typed.fails("(2 2⍴256)⎕SE.file.jpeg f,'y.jpeg'", "DOMAIN ERROR");
    typed.fails("(2 2 5⍴0)⎕SE.file.png f,'y.png'", "LENGTH ERROR");
    typed.fails("(2 2 4⍴0)⎕SE.file.jpeg f,'y.jpeg'", "LENGTH ERROR");
    typed.fails("(0 2⍴0)⎕SE.file.png f,'y.png'", "LENGTH ERROR");
    typed.fails("(⍳3)⎕SE.file.png f,'y.png'", "RANK ERROR");
    typed.all_true(&["~⎕NEXISTS f,'y.png'"]);
    // Cut off or changed anywhere, a file is an array or an error that says so.
    for name in ["x.png", "x.jpeg"] {
        let whole = fs::read(typed.folder.0.join(name)).unwrap();
        let format = name.rsplit('.').next().unwrap();
        for at in 0..whole.len() {
            for cut in [true, false] {
                let mut bytes = whole.clone();
                if cut {
                    bytes.truncate(at)
                } else {
                    bytes[at] ^= 0x55
                };
                fs::write(typed.folder.0.join("bad"), &bytes).unwrap();
                let shown = typed.shows(&format!("≢⍴⎕SE.file.{format} f,'bad'"));
                assert!(
                    shown == "3\n" || shown.starts_with("DOMAIN ERROR") || shown.starts_with("WS FULL"),
                    "{at}: {shown}"
                );
            }
        }
    }
}

/// Names and columns of tables, and the same as they are read.
#[cfg(any(feature = "arrow", feature = "parquet"))]
fn tables_come_back(format: &str) {
    let mut typed = Typed::in_folder();
    typed.shows(&format!("w←{{⍵ ⎕SE.file.{format} f,'t'}} ⋄ r←{{⎕SE.file.{format} f,'t'}}"));
    typed.all_true(&[
        "x←('n' 'x y' 'b')((3 ¯1 7)(0.5 1E300 ¯2)(1 0 1)) ⋄ _←w x ⋄ ((,'n')'x y'(,'b')≡⊃r⍬)∧(2⊃x)≡2⊃r⍬",
        "x←(,⊂'tt')(,⊂'one' '' 'c⍺d') ⋄ _←w x ⋄ x≡r⍬",
        "x←('aa' 'bb')((1 ⎕NULL 3)('x' ⎕NULL 'yz')) ⋄ _←w x ⋄ ((1 ⎕NULL 3)((,'x')⎕NULL'yz'))≡2⊃r⍬",
        // Lists, empty ones and those of texts; more than 32 bits.
        "x←('ll' 'mm')((⍳¨3 0 2)(('a' 'bc')(0⍴⊂'')(,⊂'de'))) ⋄ _←w x ⋄ (⍳¨3 0 2)≡⊃2⊃r⍬",
        "((,¨'a' 'bc')(0⍴⊂'')(,⊂'de'))≡2⊃2⊃r⍬",
        "x←(,⊂'big')(,⊂2*40 3) ⋄ _←w x ⋄ x≡r⍬",
        "x←(,⊂'none')(,⊂3⍴⎕NULL) ⋄ _←w x ⋄ x≡r⍬",
        "x←(,⊂'text')(,⊂'abc') ⋄ _←w x ⋄ (,¨'abc')≡⊃2⊃r⍬",
        "x←('ee' 'ff')(⍬(0⍴⊂'')) ⋄ _←w x ⋄ x≡r⍬",
        // Several pieces.
        "x←('long' 'words')((⍳150000)(150000⍴'ab' 'c' 'def')) ⋄ _←w x ⋄ (⍳150000)≡⊃2⊃r⍬",
        "(150000⍴'ab'(,'c')'def')≡2⊃2⊃r⍬",
        "names columns←r⍬ ⋄ ns←⎕NS⍬ ⋄ ns ⎕VSET(↑names)columns ⋄ (⍳3)≡3↑ns.long",
    ]);
    for (wrong, error) in [
        ("(,⊂'a')(,⊂2 2⍴1)", "RANK ERROR"),
        ("'a' 'b'((1 2)(1 2 3))", "LENGTH ERROR"),
        ("⍬ ⍬", "LENGTH ERROR"),
        ("(⍳3)", "LENGTH ERROR"),
        ("(,⊂'a')(,⊂1J2 3)", "DOMAIN ERROR"),
        ("(,⊂'a')(,⊂'text' 1)", "DOMAIN ERROR"),
        ("(,⊂'a')(,⊂# 1)", "DOMAIN ERROR"),
    ] {
        typed.fails(&format!("_←w({wrong})"), error);
    }
    // Cut off or changed anywhere, a file is a table or an error that says so.
    typed.shows("_←w('aa' 'bb' 'cc')((1 ⎕NULL 3)('x' ⎕NULL 'yz')((1 2)⍬(,3)))");
    let whole = fs::read(typed.folder.0.join("t")).unwrap();
    for at in 0..whole.len() {
        for change in [None, Some(0x55), Some(0xff), Some(0x80)] {
            let mut bytes = whole.clone();
            match change {
                None => bytes.truncate(at),
                Some(bits) => bytes[at] ^= bits,
            }
            fs::write(typed.folder.0.join("t"), &bytes).unwrap();
            let shown = typed.shows("≢r⍬");
            let known = ["2\n", "DOMAIN ERROR", "WS FULL", "LIMIT ERROR"];
            assert!(known.iter().any(|known| shown.starts_with(known)), "{at} {change:?}: {shown}");
        }
    }
}

#[cfg(feature = "arrow")]
#[test]
fn tables_of_arrow_come_back() {
    tables_come_back("arrow");
}

#[cfg(feature = "parquet")]
#[test]
fn tables_of_parquet_come_back() {
    tables_come_back("parquet");
}

/// A schema with one element within the other, as deep as its file is long, is no crash.
#[cfg(feature = "parquet")]
#[test]
fn a_deep_schema_is_an_error() {
    let mut typed = Typed::in_folder();
    for depth in [10u32, 1_000, 20_000, 400_000] {
        let varint = |mut n: u32| {
            let mut bytes = Vec::new();
            while n > 0x7f {
                bytes.push(n as u8 | 0x80);
                n >>= 7;
            }
            bytes.push(n as u8);
            bytes
        };
        // The version, then the schema, a list of structs.
        let mut footer = vec![0x15, 2, 0x19, 0xfc];
        footer.extend(varint(depth + 1));
        // Each has one element in it: repetition, name, number of children.
        footer.extend([0x35, 0, 0x18, 1, b'r', 0x15, 2, 0].repeat(depth as usize));
        // The last one is an integer: type, repetition, name.
        footer.extend([0x15, 2, 0x25, 0, 0x18, 1, b'x', 0]);
        // No rows in no groups.
        footer.extend([0x16, 0, 0x19, 0x0c, 0]);
        let mut file = b"PAR1".to_vec();
        file.extend(&footer);
        file.extend((footer.len() as u32).to_le_bytes());
        file.extend(b"PAR1");
        fs::write(typed.folder.0.join("deep"), file).unwrap();
        let shown = typed.shows("≢⎕SE.file.parquet f,'deep'");
        let wanted = if depth < 1 << 15 { "DOMAIN ERROR" } else { "LIMIT ERROR" };
        assert!(shown.starts_with(wanted), "{depth}: {shown}");
    }
}

#[test]
fn a_feature_that_is_missing_is_named() {
    let mut typed = Typed::in_folder();
    for (name, feature, there) in
        [("parquet", "parquet", cfg!(feature = "parquet")), ("arrow", "arrow", cfg!(feature = "arrow"))]
    {
        let shown = typed.shows(&format!("⎕SE.file.{name} f,'nosuch'"));
        match there {
            true => assert!(shown.starts_with("FILE NAME ERROR"), "{shown}"),
            false => {
                let wanted = format!("NONCE ERROR: ⎕SE.file.{name} needs the feature {feature}");
                assert!(shown.starts_with(&wanted), "{shown}");
            }
        }
    }
}
