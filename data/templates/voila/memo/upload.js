// A place to drop a file. Its size is looked at first; then it travels in pieces, each asked for by the kernel,
// so that a large file holds nothing up and is never read whole in the browser.
const PIECE = 1_000_000;

function render({ model, el }) {
  const words = model.get("words");
  const say = (key, file, rest = {}) => {
    const values = { name: file.name, size: Math.round(file.size / 1e6), ...rest };
    status.textContent = words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
  el.classList.add("memo-drop");
  const field = document.createElement("label");
  const help = document.createElement("span");
  const choose = document.createElement("b");
  const input = document.createElement("input");
  const status = document.createElement("p");
  help.textContent = words.help;
  choose.textContent = words.label;
  input.type = "file";
  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  field.append(help, choose, input);
  el.append(field, status);
  input.multiple = true;
  let file = null;
  let queue = [];

  const next = () => {
    file = queue.shift() || null;
    if (!file) return;
    const big = file.size > model.get("most") ? "never" : "too_big";
    const wrong = file.size > model.get("limit") ? big : file.size ? "" : "empty";
    if (!wrong) return piece(0);
    say(wrong, file);
    next();
  };
  const take = (files) => {
    queue = [...queue, ...files];
    if (!file) next();
  };
  const piece = async (at) => {
    const from = file;
    try {
      const bytes = await from.slice(at, at + PIECE).arrayBuffer();
      if (file !== from) return;
      say("progress", from, { share: Math.round((100 * at) / from.size) });
      model.send({ name: from.name, size: from.size, at }, undefined, [bytes]);
    } catch {
      say("failed", from);
      next();
    }
  };
  const hear = (said) => {
    if (!file || said.name !== file.name) return;
    if (said.next >= 0 && said.next < file.size) return piece(said.next);
    say(said.next < 0 ? "failed" : "done", file);
    next();
  };
  const stop = (event) => event.preventDefault(); // a file dropped beside the place would replace the page
  const drop = (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  };
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  el.addEventListener("drop", drop);
  model.on("msg:custom", hear);
  for (const name of ["dragover", "drop"]) window.addEventListener(name, stop);
  return () => {
    model.off("msg:custom", hear);
    for (const name of ["dragover", "drop"]) window.removeEventListener(name, stop);
  };
}

export default { render };
