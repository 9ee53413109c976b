// Preloaded into every peer's server: SIGUSR2 collects garbage, so that memory readings compare what is kept.
process.on('SIGUSR2', () => {
  globalThis.gc();
  globalThis.gc();
});
