/** A command to a running host, as `archipel` sends it. */
import { connect } from 'node:net';
import type { ControlAnswer, ControlRequest } from '../../src/host/control-messages.ts';
import { controlPath, Lines, lineOf } from '../../src/host/control-messages.ts';

/** All that it answers. */
export function command(
  { folder, port }: { folder: string; port: number },
  request: ControlRequest,
): Promise<ControlAnswer[]> {
  return new Promise((resolve, reject) => {
    const answers: ControlAnswer[] = [];
    const socket = connect(controlPath(folder, port));
    const lines = new Lines((answer) => answers.push(answer as ControlAnswer), reject);
    socket.setEncoding('utf8').on('data', (text) => lines.add(String(text)));
    socket.on('close', () => resolve(answers)).on('error', reject);
    socket.write(lineOf(request));
  });
}
