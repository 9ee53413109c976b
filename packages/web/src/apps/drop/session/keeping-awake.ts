/** While something is sent: the screen stays on, and the tab asks before it is closed. */

/** Until it is called back. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let isOver = false;
  const ask = async (): Promise<void> => {
    // Without it, as with little battery, the device sleeps when it wants; the upload goes on afterwards.
    const next = await navigator.wakeLock?.request('screen').catch(() => undefined);
    if (isOver) await next?.release();
    else lock = next;
  };
  const seen = (): void => {
    if (document.visibilityState === 'visible') void ask();
  };
  const leaving = (event: BeforeUnloadEvent): void => event.preventDefault();
  void ask();
  document.addEventListener('visibilitychange', seen);
  addEventListener('beforeunload', leaving);
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('beforeunload', leaving);
    void lock?.release();
  };
}
