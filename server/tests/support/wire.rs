//! The wire to a database, which may go dead without a word, as with a machine that is switched off.

use std::sync::Arc;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Passes connections on until they are cut; those that come later are passed on again.
pub struct Wire {
    url: String,
    cut: Arc<watch::Sender<u32>>,
}

impl Wire {
    /// To the server that `url` names.
    pub async fn to(url: &str) -> Self {
        let mut url: url::Url = url.parse().unwrap();
        let to = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let cut = Arc::new(watch::Sender::new(0));
        let cuts = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (to, mut cuts) = (to.clone(), cuts.subscribe());
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(to).await else { return };
                    near.set_nodelay(true).and(far.set_nodelay(true)).unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => return,
                        _ = cuts.changed() => {}
                    }
                    // Nobody closes anything: whoever waits at either end hears nothing more.
                    std::future::pending().await
                });
            }
        });
        Self { url: url.into(), cut }
    }

    /// The database's URL through this wire.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Nothing more arrives over the connections there are.
    pub fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }
}
