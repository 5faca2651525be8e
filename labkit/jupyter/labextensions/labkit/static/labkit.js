/* JupyterLab's part of labkit, in the form in which JupyterLab loads extensions: no build is needed.

   A kernel sees what runs, and never what a cell shows. A moment before each run, this tells it the
   text of the answer cells and whether the file holds it all, on a comm named "labkit". Asked to, it
   saves the notebook, and shows how far a training has come. It leads from a link to an exercise, by
   mouse or keyboard, to its cell, and from a double click to where one writes. And who comes back
   to the start page finds it as it is now. */
(() => {
  "use strict";
  const TARGET = "labkit";
  const START = "START.md";
  let shared;

  async function library(name) {
    const [version] = Object.keys(shared[name]);
    return (await shared[name][version].get())();
  }

  function marks(cell) {
    const found = cell.sharedModel.getMetadata("nbgrader");
    return found && typeof found === "object" ? found : {};
  }

  function described(panel) {
    const sources = {};
    for (const cell of panel.content.model?.cells ?? []) {
      const { grade_id: name, solution } = marks(cell);
      if (typeof name === "string" && solution) sources[name] = cell.sharedModel.getSource();
    }
    const version = panel.content.model?.sharedModel.getMetadata("labkit")?.version ?? "";
    const saved = panel.context.model ? !panel.context.model.dirty : false;
    return { sources, saved, version, path: panel.context.path };
  }

  // The comm of each kernel; a kernel that restarts forgets its own.
  const comms = new WeakMap();

  function tell(panel) {
    const kernel = panel.sessionContext.session?.kernel;
    if (!kernel || kernel.status === "dead") return;
    try {
      const known = comms.get(kernel);
      if (known && !known.isDisposed) {
        known.send(described(panel));
        return;
      }
      const comm = kernel.createComm(TARGET);
      comms.set(kernel, comm);
      comm.onMsg = message => {
        const data = message.content.data ?? {};
        if (data.ask === "save") panel.context.save();
        if (typeof data.line === "string") showLine(panel, data.cell, data.line);
      };
      comm.open(described(panel));
    } catch (error) {
      console.warn("labkit: the kernel could not be told", error);
    }
  }

  // The line lies in the page only: it is no output, and so is never saved.
  function showLine(panel, id, text) {
    const cell = panel.content.widgets.find(one => one.model.id === id);
    let line = panel.node.querySelector(".labkit-line");
    if (!text || !cell) {
      line?.remove();
      return;
    }
    if (!line) {
      line = document.createElement("div");
      line.className = "labkit-line";
      line.setAttribute("role", "status");
      line.style.cssText = "padding: 0.3em 0.8em; color: var(--jp-content-font-color1);";
      // Below the cell's text, not below its number.
      const before = ["cell-padding", "cell-collapser-width", "cell-prompt-width", "code-padding"];
      line.style.paddingLeft = `calc(${before.map(name => `var(--jp-${name}, 5px)`).join(" + ")})`;
    }
    if (line.parentNode !== cell.node) cell.node.append(line);
    line.textContent = text;
  }

  function goTo(panel, name) {
    const cells = panel.content.widgets;
    const wanted = cells.findIndex(cell => marks(cell.model).grade_id === name);
    if (wanted < 0) return false;
    panel.content.activeCellIndex = wanted;
    panel.content.deselectAll();
    panel.content.mode = "command";
    const heading = wanted > 0 ? cells[wanted - 1] : cells[wanted];
    Promise.resolve(panel.content.scrollToCell(heading, "start")).finally(() => {
      panel.content.activate();
      cells[wanted].node.focus();
    });
    return true;
  }

  // A double click shows the text of a Markdown cell, and leaves the keys with the notebook: what is
  // typed then would run commands. In an answer's cell it goes on to where one writes.
  function write({ content }, clicked) {
    const { activeCell: cell } = content;
    if (cell?.model.type !== "markdown" || cell.rendered || !clicked.includes(cell.node)) return;
    if (marks(cell.model).solution) content.mode = "edit";
  }

  // Kernels write it, and JupyterLab does not look whether a file has changed.
  function readAgain({ newValue: shown }) {
    const context = shown?.context;
    if (context?.path === START && context.isReady && !context.model.dirty) context.revert();
  }

  function activate(app, tracker, { NotebookActions }) {
    app.shell.currentChanged?.connect((_, change) => readAgain(change));
    NotebookActions.executionScheduled.connect((_, { notebook }) => {
      const panel = tracker.find(one => one.content === notebook);
      if (panel) tell(panel);
    });
    document.addEventListener("dblclick", event => {
      // What was clicked may be gone by now: the text stands in its place.
      const clicked = event.composedPath();
      const panel = tracker.find(one => clicked.includes(one.node));
      if (panel) write(panel, clicked);
    });
    document.addEventListener("click", event => {
      const link = event.target.closest?.("a[data-labkit-cell]");
      const panel = link && tracker.find(one => one.node.contains(link));
      if (panel && goTo(panel, link.dataset.labkitCell)) event.preventDefault();
    });
  }

  async function extension() {
    const notebook = await library("@jupyterlab/notebook");
    const plugin = {
      id: "labkit:cells",
      description: "Tells a lab's kernel what its page shows.",
      autoStart: true,
      requires: [notebook.INotebookTracker],
      activate: (app, tracker) => activate(app, tracker, notebook)
    };
    return { __esModule: true, default: plugin };
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[TARGET] = {
    init: scope => {
      shared = scope;
    },
    get: async () => {
      const loaded = await extension();
      return () => loaded;
    }
  };
})();
