// Runs before the first paint, so that a page chosen dark never flashes light. The rest is in src/shell/settings.ts.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('archipel.theme');
  } catch {
    return; // Storage is blocked: the theme of the system applies.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
