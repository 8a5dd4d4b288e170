//! Code and formulas as the server sets them: small data from which a page makes elements of its own.

use serde::{Deserialize, Serialize, Serializer};

/// Something to set: what it is, and its source. On the wire `["rust", "fn main() {}"]` or `["$$", "x^2"]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Part(
    /// The language as the fence names it, or [`Part::INLINE`] or [`Part::DISPLAY`].
    pub String,
    pub String,
);

impl Part {
    /// A formula in a line.
    pub const INLINE: &str = "$";
    /// A formula on lines of its own.
    pub const DISPLAY: &str = "$$";

    pub fn code(language: &str, text: &str) -> Self {
        Self(language.to_owned(), text.to_owned())
    }

    pub fn formula(tex: &str, is_display: bool) -> Self {
        Self(if is_display { Self::DISPLAY } else { Self::INLINE }.to_owned(), tex.to_owned())
    }
}

/// What became of a [`Part`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Typeset {
    /// Runs of the text from its beginning on: number of a [`TokenClass`] (0 for none) and length in bytes of UTF-8, by
    /// turns. What is left over has no class.
    Code(Vec<u32>),
    Formula(Formula),
}

/// What a stretch of code is. Its number is its place on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum TokenClass {
    Keyword = 1,
    String = 2,
    Comment = 3,
    Number = 4,
    Function = 5,
    Type = 6,
    Attribute = 7,
    Deleted = 8,
}

/// A part of a formula in MathML Core: a text, or an element. On the wire a string, or name, attributes, children.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    Text(String),
    /// Names come from [`element`](Self::element) and [`attribute`](Self::attribute) only.
    Element(&'static str, Vec<(&'static str, String)>, Vec<Formula>),
}

impl Formula {
    /// No formula is nested deeper.
    pub const DEPTH_MAX: usize = 48;

    /// The element of that name, if formulas may have it.
    pub fn element(name: &str) -> Option<&'static str> {
        ELEMENTS.iter().copied().find(|known| *known == name)
    }

    /// The attribute of that name, if formulas may have it.
    pub fn attribute(name: &str) -> Option<&'static str> {
        ATTRIBUTES.iter().copied().find(|known| *known == name)
    }
}

const ELEMENTS: [&str; 27] = [
    "annotation",
    "math",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "munder",
    "munderover",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "semantics",
];

// `class` names a rule of our style sheet.
const ATTRIBUTES: [&str; 21] = [
    "accent",
    "accentunder",
    "class",
    "columnspan",
    "depth",
    "display",
    "displaystyle",
    "encoding",
    "form",
    "height",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "rspace",
    "scriptlevel",
    "stretchy",
    "voffset",
    "width",
];

impl Serialize for Formula {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Element(name, attributes, children) => (name, attributes, children).serialize(serializer),
        }
    }
}
