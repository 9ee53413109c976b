/** For processes that must not outlive the one that started them. */
const LOOK_EVERY_MS = 500;

/** Sends itself SIGTERM once `parent` is gone: an orphan is given another parent. */
export function endWithParent(parent: number = process.ppid): void {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}
