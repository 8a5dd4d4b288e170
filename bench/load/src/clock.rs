//! Microseconds since this process began to count them.

use std::{sync::LazyLock, time::Duration};

use tokio::time::{Instant, sleep_until as sleep_until_instant};

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

pub fn micros() -> u64 {
    ORIGIN.elapsed().as_micros() as u64
}

pub async fn sleep_until(micros: u64) {
    sleep_until_instant(*ORIGIN + Duration::from_micros(micros)).await;
}
