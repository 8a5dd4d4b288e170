//! A relay that hands on bytes and does nothing else: what sending each token to a reader costs at the least, in one
//! process on one core, whatever else that process would do.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Serves on `port` what is at port `to`, for ever.
pub async fn serve(port: u16, to: u16) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the relay's port is free");
    println!("{}", serde_json::json!({ "ready": port }));
    while let Ok((mut reader, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut model = TcpStream::connect(("127.0.0.1", to)).await.expect("the model is there");
            for connection in [&reader, &model] {
                connection.set_nodelay(true).expect("a connection that is open");
            }
            // A side that goes away ends it.
            _ = copy_bidirectional(&mut reader, &mut model).await;
        });
    }
}
