//! The languages the app speaks, and which of them somebody understands best.

/// A language the app speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    German,
    French,
}

/// More languages than this nobody reads, whatever a header says.
const MOST_RANGES: usize = 32;

impl Language {
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::French];

    /// Its tag (BCP 47), as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    /// What those call it who speak it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
        }
    }

    /// The language with exactly that tag.
    pub fn of_own_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The language of that tag, whichever country it is spoken in: `de`, `de-CH`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The one that an `Accept-Language` header likes best of ours (RFC 9110, 12.5.4). `None` when it names none of
    /// them; what cannot be read in it is passed over.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in header.split(',').take(MOST_RANGES) {
            let mut parts = range.split(';');
            let Some(language) = parts.next().and_then(Self::of_tag) else { continue };
            let weight = match parts.next() {
                None => Some(1000),
                Some(weight) => thousandths(weight),
            };
            let Some(weight) = weight.filter(|weight| *weight > 0) else { continue };
            // Of several that are liked as much, the first.
            if best.is_none_or(|(known, _)| weight > known) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// ` q=0.8` as 800; at most three digits behind the point.
fn thousandths(weight: &str) -> Option<u16> {
    let (name, value) = weight.split_once('=')?;
    let value = value.trim();
    if !name.trim().eq_ignore_ascii_case("q") || value.len() > "0.000".len() || value.starts_with(['+', '-']) {
        return None;
    }
    let value: f32 = value.parse().ok()?;
    (0.0..=1.0).contains(&value).then(|| (value * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::Language::{self, English, French, German};

    #[test]
    fn the_browsers_first_choice_among_ours_is_taken() {
        let accepted = Language::accepted;
        assert_eq!(accepted("de-CH,de;q=0.9,en;q=0.8"), Some(German));
        assert_eq!(accepted("it, fr;q=0.5, en;q=0.4"), Some(French));
        assert_eq!(accepted("en;q=0.4, fr-FR ; q=0.700, de;q=0.6"), Some(French));
        assert_eq!(accepted("en;q=0.5,de;q=0.5"), Some(English), "the first of equals");
        assert_eq!(accepted("DE"), Some(German));
    }

    #[test]
    fn what_is_refused_unknown_or_nonsense_is_no_choice() {
        for header in
            ["", "it,es", "*", "de;q=0", "de;q=0.000", "germany", ";;;q=,,", "de;q=NaN", "de;q=-1", "de;q=1e9"]
        {
            assert_eq!(Language::accepted(header), None, "{header}");
        }
        assert_eq!(Language::accepted("de;q=0, fr;q=nonsense, en;q=0.1"), Some(English));
        assert_eq!(Language::accepted(&"x-y;q=0.5,".repeat(2000)), None);
    }
}
