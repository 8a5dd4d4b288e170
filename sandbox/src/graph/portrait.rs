//! Draws profile photos: a simple face in colours that follow from the person's id.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use sha2::{Digest, Sha256};

use crate::personas::Persona;
use crate::state::lock;

type Rgb = [f32; 3];

/// Each pixel is the mean of this many samples squared.
const SAMPLES: u32 = 3;

const BACKDROPS: [Rgb; 6] = [
    [202., 220., 224.],
    [226., 214., 200.],
    [212., 219., 236.],
    [221., 228., 208.],
    [230., 211., 216.],
    [208., 226., 220.],
];
const SKINS: [Rgb; 5] =
    [[244., 210., 184.], [226., 180., 148.], [198., 146., 108.], [150., 104., 74.], [238., 196., 164.]];
const HAIR: [Rgb; 5] = [[58., 42., 34.], [120., 78., 44.], [36., 34., 40.], [176., 128., 70.], [110., 104., 104.]];
const CLOTHES: [Rgb; 5] = [[38., 70., 92.], [92., 50., 64.], [52., 84., 66.], [70., 64., 104.], [120., 92., 58.]];

/// A square PNG; drawn once per person, version and size.
pub fn png(person: &Persona, size: u32) -> Vec<u8> {
    static DRAWN: OnceLock<Mutex<HashMap<String, Vec<u8>>>> = OnceLock::new();
    let drawn = DRAWN.get_or_init(Mutex::default);
    let key = format!("{}|{}|{size}", person.oid, person.photo_version);
    if let Some(picture) = lock(drawn).get(&key) {
        return picture.clone();
    }
    let picture = encode(size, &Face::of(person));
    lock(drawn).insert(key, picture.clone());
    picture
}

struct Face {
    backdrop: Rgb,
    skin: Rgb,
    hair: Rgb,
    clothes: Rgb,
    long_hair: bool,
    tilt: f32,
}

impl Face {
    fn of(person: &Persona) -> Self {
        // The number is one that gives the people of the directory different looks.
        let seed = Sha256::digest(format!("3856|{}|{}", person.oid, person.photo_version));
        let pick = |index: usize, len: usize| usize::from(seed[index]) % len;
        Self {
            backdrop: BACKDROPS[pick(0, BACKDROPS.len())],
            skin: SKINS[pick(1, SKINS.len())],
            hair: HAIR[pick(2, HAIR.len())],
            clothes: CLOTHES[pick(3, CLOTHES.len())],
            long_hair: seed[4] & 1 == 0,
            tilt: f32::from(seed[5]) / 255. * 0.06 - 0.03,
        }
    }

    /// The colour at a point of the unit square, nearest thing first.
    fn colour(&self, x: f32, y: f32) -> Rgb {
        let x = x + self.tilt * (0.5 - y);
        let inside = |cx: f32, cy: f32, rx: f32, ry: f32| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) <= 1.;
        let eye = inside(0.435, 0.43, 0.016, 0.02) || inside(0.565, 0.43, 0.016, 0.02);
        if eye {
            return [44., 38., 40.];
        }
        let brow = (inside(0.432, 0.392, 0.042, 0.012) || inside(0.568, 0.392, 0.042, 0.012)) && y < 0.393;
        if brow {
            return shade(self.hair, 0.9);
        }
        if inside(0.5, 0.53, 0.058, 0.036) && y > 0.538 + 0.3 * (0.058 - (x - 0.5).abs()) * 0.2 {
            let [red, green, blue] = shade(self.skin, 0.74);
            return [red, green * 0.8, blue * 0.82];
        }
        if inside(0.5, 0.485, 0.022, 0.014) {
            return shade(self.skin, 0.9);
        }
        let fringe = inside(0.5, 0.36, 0.2, 0.2) && y < 0.34 - 0.35 * (x - 0.42).powi(2);
        if fringe {
            return self.hair;
        }
        if inside(0.5, 0.44, 0.165, 0.205) {
            return self.skin;
        }
        if inside(0.33, 0.45, 0.025, 0.04) || inside(0.67, 0.45, 0.025, 0.04) {
            return shade(self.skin, 0.93);
        }
        let neck = (x - 0.5).abs() < 0.07 && (0.55..0.76).contains(&y);
        if neck && y < 0.72 + 0.04 * (1. - ((x - 0.5) / 0.07).powi(2)) {
            return shade(self.skin, if y < 0.67 { 0.84 } else { 0.93 });
        }
        if inside(0.5, 1.08, 0.37, 0.38) {
            let collar = (x - 0.5).abs() < 0.11 && y < 0.79 - (0.11 - (x - 0.5).abs()) * 0.2;
            return if collar { [240., 240., 238.] } else { self.clothes };
        }
        let mane =
            inside(0.5, 0.36, 0.205, 0.21) || (self.long_hair && (0.36..0.72).contains(&y) && (x - 0.5).abs() < 0.205);
        if mane {
            return shade(self.hair, 0.82);
        }
        shade(self.backdrop, 1.04 - 0.14 * y)
    }
}

fn shade(colour: Rgb, by: f32) -> Rgb {
    colour.map(|part| (part * by).min(255.))
}

fn encode(size: u32, face: &Face) -> Vec<u8> {
    let mut pixels = Vec::with_capacity((size * size * 3) as usize);
    let step = 1. / (size * SAMPLES) as f32;
    for row in 0..size {
        for column in 0..size {
            let mut sum = [0.; 3];
            for sample in 0..SAMPLES * SAMPLES {
                let x = (column * SAMPLES + sample % SAMPLES) as f32 * step;
                let y = (row * SAMPLES + sample / SAMPLES) as f32 * step;
                for (total, part) in sum.iter_mut().zip(face.colour(x, y)) {
                    *total += part;
                }
            }
            pixels.extend(sum.map(|part| (part / (SAMPLES * SAMPLES) as f32) as u8));
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size, size);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Writing to memory cannot fail; an empty body would be noticed at once.
    if let Ok(mut writer) = encoder.write_header() {
        let _ = writer.write_image_data(&pixels);
    }
    out
}
