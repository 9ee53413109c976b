/** `archipel migrate`: asks the running host to move its documents, or moves them when none runs. */
import { existsSync } from 'node:fs';
import type { MigrateRequest, MovePlan, MoveProgress, MoveResult, ServerConfig, Settings } from '@archipel/relay/admin';
import {
  absolute,
  commandConfig,
  controlPath,
  findSettings,
  MoveError,
  makeConfig,
  migrateOffline,
  parsePlace,
  planOffline,
  StartError,
  seldom,
} from '@archipel/relay/admin';
import type { HostLine, LastAnswer } from './host-line.ts';
import { reachHost } from './host-line.ts';
import { countOf, durationOf, ProgressLine, sizeOf } from './progress.ts';
import { readSettingsFile, settingsAt, writeSettingsFile } from './settings-file.ts';
import type { Terminal } from './terminal.ts';

const DONE = 0;
const FAILED = 1;
const INTERRUPTED = 130;
const PROGRESS_MS = 100;
const BUS_EXAMPLE = '"bus": "nats://127.0.0.1:4222"';

export interface MigrateOptions {
  to: string;
  bus: string;
  isDry: boolean;
}

/** The exit code. */
export async function migrate({ to, bus, isDry }: MigrateOptions, terminal: Terminal): Promise<number> {
  const cancelling = new AbortController();
  try {
    const where = to === '-' ? await terminal.ask() : to;
    const { settings, origin } = findSettings();
    const config = commandConfig({ settings, origin });
    const request: MigrateRequest = { do: 'migrate', to: absolute(where, config.dataFolder), bus, isDry };
    checkRequest(request, config, settings);
    const host = await reachHost(controlPath(config.dataFolder, config.port));
    terminal.onInterrupt(() => {
      terminal.complain('Cancelling ...');
      cancelling.abort();
    });
    const answer = await ask(host, config, request, terminal, cancelling.signal);
    if (answer.is === 'plan') return sayPlan(answer, host !== undefined, terminal);
    sayResult(answer, host !== undefined, terminal);
    sayFiles(answer, request, config, terminal);
    return writeDown(answer, request, config, terminal);
  } catch (error) {
    if (!(error instanceof MoveError || error instanceof StartError)) throw error;
    terminal.complain(error.message);
    return cancelling.signal.aborted ? INTERRUPTED : FAILED;
  }
}

/** What is wrong is said before anything is begun. */
function checkRequest({ to, bus }: MigrateRequest, { dataFolder, storePool }: ServerConfig, settings: Settings): void {
  const place = parsePlace(to, dataFolder, storePool);
  if ('wrong' in place) throw new MoveError(`That is not where documents can go: ${place.wrong}.`);
  if (bus === '') return;
  if (place.kind === 'sqlite')
    throw new MoveError('A bus is for several processes, and a data folder is for one: leave out --bus.');
  makeConfig({ ...settings, store: place.url, bus });
}

type Answer = Extract<LastAnswer, { is: 'plan' | 'moved' }>;

async function ask(
  host: HostLine | undefined,
  config: ServerConfig,
  request: MigrateRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Answer> {
  const line = new ProgressLine(terminal);
  if (host === undefined) {
    if (request.isDry) return { is: 'plan', ...(await planOffline(config, request)) };
    terminal.say('No host runs with these settings, so the documents are moved from here. Do not start it meanwhile.');
    const report = seldom<MoveProgress>(PROGRESS_MS, (progress) => line.show(progress));
    return { is: 'moved', ...(await migrateOffline(config, request, report, signal)) };
  }
  signal.addEventListener('abort', () => host.cancel());
  const answer = await host.ask(request, (progress) => progress.is === 'progress' && line.show(progress));
  if (answer.is === 'failed') throw new MoveError(answer.sentence);
  if (answer.is !== 'plan' && answer.is !== 'moved') throw new Error(`an answer that fits no move: ${answer.is}`);
  return answer;
}

function sayPlan(plan: MovePlan, isRunning: boolean, terminal: Terminal): number {
  const { from, to, documents, bytes, carried, filesStay, obstacle } = plan;
  terminal.say(`From ${from}: ${countOf(documents, 'document')}, ${sizeOf(bytes)}`);
  if (carried.drops + carried.inboxes > 0) terminal.say(`Along with them: ${luggageOf(carried)}`);
  if (filesStay !== undefined && carried.drops > 0) terminal.say(`The bytes of files stay in ${filesStay}.`);
  terminal.say(`To ${to}`);
  terminal.say(isRunning ? 'The host is running: people would keep writing.' : 'No host runs with these settings.');
  if (obstacle === undefined) terminal.say('Nothing was changed. Leave out --dry-run to do it.');
  else terminal.complain(`This cannot be done: ${obstacle}`);
  return obstacle === undefined ? DONE : FAILED;
}

function sayResult({ from, to, done }: MoveResult, wasRunning: boolean, terminal: Terminal): void {
  if (done === undefined) return terminal.say(`All documents are in ${to}.`);
  const { documents, records, bytes, pausedMs } = done;
  terminal.say(`Moved ${countOf(documents, 'document')} (${countOf(records, 'record')}, ${sizeOf(bytes)}) to ${to}.`);
  const { carried } = done;
  if (carried !== undefined && carried.drops + carried.inboxes > 0)
    terminal.say(`Along with them: ${luggageOf(carried)}.`);
  if (wasRunning) terminal.say(`For ${durationOf(pausedMs)} nobody was served; people come back by themselves.`);
  terminal.say(
    `An old copy stays in ${from}. Remove it when you are content: what people delete from now on is still in it.`,
  );
}

function luggageOf({ drops, dropBytes, inboxes }: MovePlan['carried']): string {
  const parts = [drops > 0 && `${countOf(drops, 'drop')} (${sizeOf(dropBytes)})`, inboxes > 0 && countInboxes(inboxes)];
  return parts.filter((part) => part !== false).join(' and ');
}

function countInboxes(count: number): string {
  return `${count.toLocaleString('en')} inbox${count === 1 ? '' : 'es'}`;
}

/** A host makes the folder when it starts. */
function filesOf({ filesFolder, namesFiles }: ServerConfig): string | undefined {
  return filesFolder !== undefined && !namesFiles && existsSync(filesFolder) ? filesFolder : undefined;
}

/** What the host keeps beside its documents. */
function sayFiles({ done }: MoveResult, { to }: MigrateRequest, config: ServerConfig, terminal: Terminal): void {
  if (done === undefined || done.files.length === 0) return;
  const place = parsePlace(to, config.dataFolder, config.storePool);
  const names = done.files.join(', ');
  if ('folder' in place)
    return terminal.say(`What other hosts know this one by, and what it keeps with them, is there too: ${names}.`);
  terminal.say(
    `The database does not hold what other hosts know this one by, nor what it keeps with them: ${names} stay in the data folder ${config.dataFolder}. Keep them: they count again when the documents are in a folder, and go there with them.`,
  );
}

/** The settings say where the documents are from the next start on. */
function writeDown({ origin }: MoveResult, request: MigrateRequest, config: ServerConfig, terminal: Terminal): number {
  const place = parsePlace(request.to, config.dataFolder, config.storePool);
  const file = (origin ?? config.origin)?.file;
  if ('wrong' in place || file === undefined) throw new Error('a place and a file that were there are gone');
  const { settings, changed } = settingsAt(readSettingsFile(file), {
    place,
    bus: request.bus,
    dataFolder: config.dataFolder,
    filesFolder: filesOf(config),
  });
  const what = changed
    .map((name) => (Object.hasOwn(settings, name) ? `${name} is set` : `${name} is removed`))
    .join(', ');
  try {
    if (changed.length > 0) writeSettingsFile(file, settings);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    terminal.complain(`${file} cannot be written (${code}). Before the next start change it yourself: ${what}.`);
    return FAILED;
  }
  terminal.say(changed.length > 0 ? `${file} says so now: ${what}.` : `${file} says so already.`);
  sayWhatIsLeft(place.kind === 'postgres' && settings.bus === undefined, [origin, config.origin], terminal);
  return DONE;
}

function sayWhatIsLeft(lacksBus: boolean, origins: readonly ServerConfig['origin'][], terminal: Terminal): void {
  const variables = new Set(origins.flatMap((origin) => origin?.fromEnvironment ?? []));
  for (const name of ['store', 'bus', 'data', 'files'] as const) {
    if (variables.has(name))
      terminal.say(`But ARCHIPEL_${name.toUpperCase()} is set, and says otherwise: change it too.`);
  }
  if (lacksBus) terminal.say(`Before the next start add NATS to it, for example ${BUS_EXAMPLE}.`);
}
