//! Routes that can be listed, so that a test can knock at every door there is.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, on},
};

use crate::Doors;

/// Something that can be asked for over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Door {
    /// With names in braces, such as `/chat/{conversation_id}`.
    pub path: String,
    /// GET answers HEAD, too. `*`: any method.
    pub method: String,
}

/// A router that remembers what it answers.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<Doors>,
    doors: Vec<Door>,
}

impl Routes {
    pub(crate) fn get<H: Handler<T, Doors>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::GET, MethodFilter::GET, path, handler)
    }

    pub(crate) fn post<H: Handler<T, Doors>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::POST, MethodFilter::POST, path, handler)
    }

    pub(crate) fn patch<H: Handler<T, Doors>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::PATCH, MethodFilter::PATCH, path, handler)
    }

    pub(crate) fn delete<H: Handler<T, Doors>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::DELETE, MethodFilter::DELETE, path, handler)
    }

    pub(crate) fn any<H: Handler<T, Doors>, T: 'static>(mut self, path: &str, handler: H) -> Self {
        self.doors.push(Door { path: path.to_owned(), method: "*".to_owned() });
        self.router = self.router.route(path, axum::routing::any(handler));
        self
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.doors.extend(other.doors);
        self.router = self.router.merge(other.router);
        self
    }

    pub(crate) fn router(self) -> Router<Doors> {
        self.router
    }

    pub(crate) fn doors(self) -> Vec<Door> {
        self.doors
    }

    fn on<H: Handler<T, Doors>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &str,
        handler: H,
    ) -> Self {
        self.doors.push(Door { path: path.to_owned(), method: method.to_string() });
        self.router = self.router.route(path, on(filter, handler));
        self
    }
}
