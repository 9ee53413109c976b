/** `archipel drain`: before a host is stopped for good, other hosts get what it alone holds. */
import type { ControlAnswer, DrainRequest } from '@archipel/relay/admin';
import { commandConfig, controlPath, findSettings, MoveError, StartError } from '@archipel/relay/admin';
import { reachHost } from './host-line.ts';
import { countOf } from './progress.ts';
import type { Terminal } from './terminal.ts';

const DONE = 0;
const FAILED = 1;
const INTERRUPTED = 130;

/** The exit code. */
export async function drain({ stays }: { stays: boolean }, terminal: Terminal): Promise<number> {
  let isInterrupted = false;
  try {
    const config = commandConfig(findSettings());
    const host = await reachHost(controlPath(config.dataFolder, config.port));
    if (host === undefined)
      throw new MoveError('No host runs with these settings: start it, it gives its documents away while it serves.');
    terminal.onInterrupt(() => {
      isInterrupted = true;
      terminal.complain(
        'Cancelling; what other hosts have already stays there. It takes nothing new until you type --stay.',
      );
      host.cancel();
    });
    const request: DrainRequest = { do: 'drain', stays };
    const answer = await host.ask(request, (progress) => show(progress, terminal));
    if (isInterrupted) return INTERRUPTED;
    return say(answer, terminal);
  } catch (error) {
    if (!(error instanceof MoveError || error instanceof StartError)) throw error;
    terminal.complain(error.message);
    return FAILED;
  }
}

function show(answer: ControlAnswer, terminal: Terminal): void {
  if (answer.is !== 'draining') return;
  const { drops } = answer;
  const files =
    drops === undefined ? '' : `, ${drops.safe.toLocaleString('en')} of ${countOf(drops.total, 'drop')} of files`;
  const line = `${answer.safe.toLocaleString('en')} of ${countOf(answer.total, 'document')}${files} are on another host too`;
  if (terminal.replace !== undefined) terminal.replace(line);
  else terminal.say(line);
}

function say(answer: ControlAnswer, terminal: Terminal): number {
  if (answer.is === 'stays') {
    terminal.say('This host stays, and takes new documents again.');
    return DONE;
  }
  if (answer.is === 'failed') throw new MoveError(answer.sentence);
  if (answer.is !== 'drained') throw new Error(`an answer that fits no drain: ${answer.is}`);
  const { safe, total, drops = { safe: 0, total: 0 } } = answer;
  if (drops.total > drops.safe) {
    terminal.complain(
      `${countOf(drops.total - drops.safe, 'drop')} of files would be lost with this host: no other host takes them. Agree with one more, and type the same again.`,
    );
  } else if (drops.total > 0)
    terminal.say(`Every drop of files (${drops.total.toLocaleString('en')}) is on another host too.`);
  if (safe === total && drops.safe < drops.total) return FAILED;
  if (safe === total) {
    terminal.say(`Every document (${countOf(total, 'document')}) is on another host too. This host can be stopped.`);
    return DONE;
  }
  const left = countOf(total - safe, 'document');
  terminal.complain(
    `${left} would be lost with this host: no other host takes them. Agree with one more, and type the same again.`,
  );
  return FAILED;
}
