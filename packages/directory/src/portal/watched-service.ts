/** One service of other software as the portal sees it. */
import type { Reading, Software } from '../third-party/software/software.ts';
import { History } from './history.ts';
import type { StoredService } from './memory.ts';
import type { ListedSoftware } from './ports.ts';

export class WatchedService {
  readonly listed: ListedSoftware;
  readonly software: Software;
  readonly history: History;
  reading: Reading | undefined;
  readAtMs: number | undefined;

  constructor(listed: ListedSoftware, software: Software, nowMs: number, stored?: StoredService) {
    this.listed = listed;
    this.software = software;
    this.history = new History(nowMs, stored?.history);
  }

  note(reading: Reading, nowMs: number): void {
    const { users, usersMax } = reading.load;
    const share = users === undefined || !usersMax ? undefined : users / usersMax;
    this.reading = reading;
    this.readAtMs = nowMs;
    this.history.note(nowMs, reading.health === 'up' || reading.health === 'paused', share);
  }

  stored(): StoredService {
    return { url: this.listed.url, history: this.history.stored() };
  }
}
