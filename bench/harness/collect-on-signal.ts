// Preloaded into every peer's server: SIGUSR2 collects garbage and says what is in use, so that memory readings compare
// what is kept and not what has not been swept yet.
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ inUse: heapUsed + external })}\n`);
});
