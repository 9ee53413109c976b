import { type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Asks the host the same, and hands on its answer. */
export function pass(asked: IncomingMessage, answer: ServerResponse, host: URL): void {
  const passed = request(
    { host: host.hostname, port: host.port, path: asked.url, method: asked.method, headers: asked.headers },
    (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    },
  );
  passed.on('error', () => answer.destroy());
  asked.pipe(passed);
}
