//! Prints what the upper 128 bytes of each single-byte encoding of the Encoding standard mean, as
//! hexadecimal code points, by encoding_rs.

use encoding_rs::*;

const ENCODINGS: [&Encoding; 29] = [
    IBM866,
    ISO_8859_2,
    ISO_8859_3,
    ISO_8859_4,
    ISO_8859_5,
    ISO_8859_6,
    ISO_8859_7,
    ISO_8859_8,
    ISO_8859_8_I,
    ISO_8859_10,
    ISO_8859_13,
    ISO_8859_14,
    ISO_8859_15,
    ISO_8859_16,
    KOI8_R,
    KOI8_U,
    MACINTOSH,
    WINDOWS_874,
    WINDOWS_1250,
    WINDOWS_1251,
    WINDOWS_1252,
    WINDOWS_1253,
    WINDOWS_1254,
    WINDOWS_1255,
    WINDOWS_1256,
    WINDOWS_1257,
    WINDOWS_1258,
    X_MAC_CYRILLIC,
    X_USER_DEFINED,
];

fn main() {
    for encoding in ENCODINGS {
        let points: String = (0x80..=0xff)
            .map(|byte| {
                let bytes = [byte];
                let (text, _) = encoding.decode_without_bom_handling(&bytes);
                format!("{:04x}", text.chars().next().unwrap() as u32)
            })
            .collect();
        println!("{} {points}", encoding.name().to_lowercase());
    }
}
