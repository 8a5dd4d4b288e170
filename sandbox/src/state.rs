//! What one running instance remembers. Everything is in memory and goes away with it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::clients::Client;
use crate::entra::codes::Grant;
use crate::entra::device::Device;
use crate::entra::sessions::Session;
use crate::faults::Faults;
use crate::keys::KeyRing;
use crate::options::Options;
use crate::personas::Persona;
use crate::recording::Recordings;
use crate::{clients, personas};

/// Shared by all handlers of an instance.
pub type Shared = Arc<State>;

pub struct State {
    pub options: Options,
    pub keys: KeyRing,
    pub faults: Faults,
    pub recordings: Recordings,
    pub http: reqwest::Client,
    pub ca_pem: Option<String>,
    /// Turns true when the owner drops the instance: answers under way end.
    pub stopping: watch::Receiver<bool>,
    directory: Mutex<Directory>,
}

/// What sign-ins read and change.
pub struct Directory {
    pub personas: Vec<Persona>,
    pub clients: Vec<Client>,
    /// Sessions of one browser, by the value of its cookie.
    pub browsers: HashMap<String, Vec<Session>>,
    pub codes: HashMap<String, Grant>,
    /// By the code that the device has.
    pub devices: HashMap<String, Device>,
    /// Codes in order of issue, so that the oldest can be forgotten.
    pub code_order: VecDeque<String>,
}

impl Directory {
    fn new() -> Self {
        Self {
            personas: personas::all(),
            clients: clients::all(),
            browsers: HashMap::new(),
            codes: HashMap::new(),
            devices: HashMap::new(),
            code_order: VecDeque::new(),
        }
    }

    pub fn persona(&self, oid: &str) -> Option<&Persona> {
        self.personas.iter().find(|p| p.oid == oid)
    }

    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|c| c.id == id)
    }
}

impl State {
    pub fn new(
        options: Options,
        keys: KeyRing,
        http: reqwest::Client,
        ca_pem: Option<String>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            options,
            keys,
            http,
            ca_pem,
            stopping,
            faults: Faults::default(),
            recordings: Recordings::default(),
            directory: Mutex::new(Directory::new()),
        }
    }

    pub fn directory(&self) -> MutexGuard<'_, Directory> {
        lock(&self.directory)
    }

    pub fn persona(&self, oid: &str) -> Option<Persona> {
        self.directory().persona(oid).cloned()
    }

    pub fn client(&self, id: &str) -> Option<Client> {
        self.directory().client(id).cloned()
    }

    /// Back to the state after a start: no faults, recordings, sessions or changes of the directory.
    pub fn reset(&self) {
        *self.directory() = Directory::new();
        self.faults.clear();
        self.recordings.clear();
    }
}

/// A panic elsewhere while holding the lock leaves plain data behind, which stays usable.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
