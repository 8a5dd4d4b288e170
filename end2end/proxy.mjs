// A proxy without memory, as any load balancer without sticky sessions: each request goes to the next server.
//
//   node proxy.mjs <port> <port of a server> …

import http from "node:http";

const [port, ...servers] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true });
let next = 0;

const proxy = http.createServer((request, response) => {
  const server = servers[next++ % servers.length];
  const { method, url, headers } = request;
  const onward = http.request({ host: "127.0.0.1", port: server, method, path: url, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    // A server that dies in the middle of its answer.
    answer.on("error", () => response.destroy());
  });
  onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  onward.setNoDelay(true);
  // A reader that goes away.
  response.on("close", () => onward.destroy());
  request.pipe(onward);
});

proxy.listen(port, "127.0.0.1");
// Ends with whoever started it.
process.stdin.on("end", () => process.exit(0)).resume();
