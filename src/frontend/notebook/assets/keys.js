// Keys for glyphs in JupyterLab and Notebook 7: in a code cell of this kernel, a backtick and a key type a glyph.
// The backtick stands in the cell until the key is pressed; Tab behind it lists what may follow. A blank keeps it.
(() => {
  const NAME = '@NAME@';
  const KEYS = @KEYS@;

  const plugin = {
    id: `${NAME}-keys:plugin`,
    description: 'Types glyphs of APL behind a backtick.',
    autoStart: true,
    activate: app => {
      let armed = false;
      const ours = target => {
        const context = app.shell.currentWidget?.sessionContext;
        // Until the kernel has started, the notebook tells which one it wants.
        const name = context?.session?.kernel?.name ?? context?.kernelPreference?.name;
        return name === NAME && target?.closest?.('.jp-CodeCell .cm-content');
      };
      const pressed = event => {
        const typed = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.isComposing;
        if (['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock'].includes(event.key)) {
          return;
        }
        const before = armed;
        armed = false;
        if (!typed || !ours(event.target)) {
          return;
        }
        if (!before) {
          armed = event.key === '`';
          return;
        }
        const glyph = KEYS[event.key];
        if (!glyph && event.key !== ' ') {
          return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        if (glyph) {
          document.execCommand('delete');
          document.execCommand('insertText', false, glyph);
        }
      };
      document.addEventListener('keydown', pressed, true);
      document.addEventListener('mousedown', () => { armed = false; }, true);
    }
  };

  const container = {
    init: () => undefined,
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugin }))
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[`${NAME}-keys`] = container;
})();
