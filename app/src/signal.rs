//! Signals whose machinery exists once, whatever they hold. Leptos' own are made anew for each type, which was a fifth of
//! the code in the browser; these keep their values behind one type and only their borders are generic.

use std::{
    any::Any,
    marker::PhantomData,
    sync::{Arc, PoisonError, RwLock},
};

use reactive_graph::{
    owner::StoredValue,
    signal::Trigger,
    traits::{GetValue as _, Notify as _, Track as _},
};

type Value = dyn Any + Send + Sync;

/// A value that effects and views follow. Belongs to the part of the page it is made in, and goes with it.
pub struct Signal<T> {
    value: StoredValue<Arc<RwLock<Value>>>,
    changed: Trigger,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

impl<T: Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Send + Sync + 'static> Signal<T> {
    pub fn new(value: T) -> Self {
        Self { value: StoredValue::new(Arc::new(RwLock::new(value))), changed: Trigger::new(), of: PhantomData }
    }

    /// Whoever is being computed depends on it.
    pub fn track(self) {
        self.changed.track();
    }

    /// What `read` makes of the value; whoever is being computed depends on it. For parts of the page that are there.
    #[expect(clippy::expect_used, reason = "a part of the page that is being computed has its signals")]
    pub fn with<U>(self, read: impl FnOnce(&T) -> U) -> U {
        self.changed.track();
        self.try_with_untracked(read).expect("the signal is there")
    }

    /// The same without depending on it; `None` when its part of the page is gone.
    pub fn try_with_untracked<U>(self, read: impl FnOnce(&T) -> U) -> Option<U> {
        let value = self.value.try_get_value()?;
        // Whatever panicked while it changed the value, the page is over.
        let value = value.read().unwrap_or_else(PoisonError::into_inner);
        value.downcast_ref().map(read)
    }

    /// Changes the value and tells everybody who depends on it; `None` when its part of the page is gone.
    pub fn update<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        let value = self.value.try_get_value()?;
        let changed = {
            let mut value = value.write().unwrap_or_else(PoisonError::into_inner);
            value.downcast_mut().map(change)
        };
        self.changed.notify();
        changed
    }

    /// Does nothing when its part of the page is gone.
    pub fn set(self, value: T) {
        self.update(|old| *old = value);
    }

    /// Whether its part of the page is gone.
    pub fn is_gone(self) -> bool {
        self.value.try_get_value().is_none()
    }
}

impl<T: Clone + Send + Sync + 'static> Signal<T> {
    /// The value; whoever is being computed depends on it. For parts of the page that are there.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value; `None` when its part of the page is gone.
    pub fn try_get_untracked(self) -> Option<T> {
        self.try_with_untracked(T::clone)
    }
}

impl<T: Default + Send + Sync + 'static> Signal<T> {
    /// The value, leaving nothing in its place.
    pub fn take(self) -> T {
        self.update(std::mem::take).unwrap_or_default()
    }
}

impl<T: Clone + Default + Send + Sync + 'static> Signal<T> {
    /// The value, without depending on it; nothing when its part of the page is gone.
    pub fn get_untracked(self) -> T {
        self.try_get_untracked().unwrap_or_default()
    }
}
