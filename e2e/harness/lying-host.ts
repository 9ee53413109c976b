/** A real host whose word cannot be relied on: what it signs of its documents passes through somebody who has its key. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  decodeFact,
  decodeRelayFrame,
  encodeFrame,
  type RelayMessage,
  STATEMENT,
  type Statement,
} from '@archipel/protocol';
import { Neighbour } from '@archipel/relay/neighbours';
import { freePort } from '@archipel/relay/services';
import { WebSocket, WebSocketServer } from 'ws';
import { pass } from './front-door.ts';

export class LyingHost {
  /** What becomes of a statement before it is signed. */
  change: (fact: Statement) => Statement = (fact) => fact;
  /** As they were signed. */
  readonly stated: Statement[] = [];
  readonly #host: Neighbour;
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'arc1', perMessageDeflate: false });
  readonly #server = createServer((asked, answer) => pass(asked, answer, new URL(this.#host.url)));

  private constructor(host: Neighbour) {
    this.#host = host;
    this.#server.on('upgrade', (asked, socket: Socket, head) =>
      this.#sockets.handleUpgrade(asked, socket, head, (page) => this.#join(page, asked)),
    );
  }

  static async start(): Promise<LyingHost> {
    const host = new LyingHost(new Neighbour(await freePort()));
    host.#server.listen(0, 'localhost');
    await once(host.#server, 'listening');
    const { origin: url } = host;
    await host.#host.start([], { names: [new URL(url).host], network: { url, people: 100 } });
    return host;
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  get hostId(): Uint8Array {
    return this.#host.hostId;
  }

  #join(page: WebSocket, { headers, url }: IncomingMessage): void {
    const { host = '', origin = '' } = headers;
    const address = this.#host.url.replace('http', 'ws') + url;
    const relay = new WebSocket(address, ['arc1'], { perMessageDeflate: false, headers: { host, origin } });
    const early: Buffer[] = [];
    page.on('message', (frame: Buffer) =>
      relay.readyState === WebSocket.OPEN ? relay.send(frame) : early.push(frame),
    );
    relay.on('open', () => early.forEach((frame) => void relay.send(frame)));
    relay.on('message', (frame: Buffer) => page.send(this.#passed(new Uint8Array(frame))));
    page.on('close', () => relay.terminate());
    relay.on('close', () => page.terminate()).on('error', () => page.terminate());
  }

  #passed(frame: Uint8Array): Uint8Array {
    const decoded = decodeRelayFrame(frame);
    if (!decoded.ok) throw new Error(`the host sent ${decoded.error}`);
    const { channel, messages } = decoded.value;
    const isStatement = messages.some(({ type }) => type === 'statement');
    return isStatement
      ? encodeFrame(
          channel,
          messages.map((message) => this.#said(message)),
        )
      : frame;
  }

  #said(message: RelayMessage): RelayMessage {
    if (message.type !== 'statement') return message;
    const said = decodeFact(STATEMENT, message.fact);
    if (!said.ok) throw new Error(`the host stated ${said.error}`);
    const fact = this.change(said.value.fact);
    this.stated.push(fact);
    return { ...message, fact: this.#host.signs(fact) };
  }

  async stop(): Promise<void> {
    for (const page of this.#sockets.clients) page.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#host.stop();
  }
}
