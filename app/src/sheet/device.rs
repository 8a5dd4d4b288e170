//! Which device a session is on, in the words people use: browsers describe themselves at length, with the names of
//! their ancestors. For recognising one's own devices, not for deciding anything.

/// Such as "Firefox on Windows".
pub(super) fn device(user_agent: Option<&str>) -> String {
    let Some(text) = user_agent.filter(|text| !text.trim().is_empty()) else { return texts::P_UNKNOWN_DEVICE.into() };
    // The first match counts: those further down are named by those above, too.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
    match (find(&browsers), find(&systems)) {
        (Some(browser), Some(system)) => texts::p_device_on(browser, system),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => {
            text.split(['/', ' ']).next().unwrap_or_else(|| texts::P_UNKNOWN_DEVICE.text()).chars().take(40).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn devices_are_called_what_people_call_them() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone",
            ),
            ("curl/8.5.0", "curl"),
        ] {
            assert_eq!(device(Some(user_agent)), expected);
        }
        assert_eq!(device(None), "Unknown device");
    }
}
