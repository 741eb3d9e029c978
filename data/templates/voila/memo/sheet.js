// The fields of a page: a form of one record, or a table of many. No build, no library, no outside request.
//
// Nothing typed is lost in silence. Each key goes into the browser's own storage at once and stays there until
// Python has said, for this very text, that the journal is on disk. What is still there at the next opening is
// offered. Words come in as text only: `textContent` and `value`, never `innerHTML`.

const SOON = 150, PATIENCE = 3000, PING = 20000, SHORT = 2500;
const ALLOWED = new Set(["UL", "LI", "B", "EM", "P"]);

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== "" && value !== null && value !== undefined && value !== false) { node.setAttribute(name, value); }
  }
  node.append(...children);
  return node;
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const plain = (value) => (Array.isArray(value) ? value.join(", ") : value);

// Remarks come as HTML that Python escaped; only the few tags that it uses are copied, without attributes.
function copied(html) {
  const walk = (from, to) => {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) { to.append(node.data); }
      else if (node.nodeType === Node.ELEMENT_NODE) {
        const into = ALLOWED.has(node.tagName) ? make(node.tagName, { class: node.className }) : to;
        if (into !== to) { to.append(into); }
        walk(node, into);
      }
    }
    return to;
  };
  return walk(new DOMParser().parseFromString(html, "text/html").body, document.createDocumentFragment());
}

// -- what is not yet confirmed, in this browser -------------------------------------------------------------

const store = {
  key: (place, id, name) => "memokit " + JSON.stringify([...place, id, name]),
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  put(key, entry) { try { localStorage.setItem(key, JSON.stringify(entry)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* without storage there is nothing to drop */ } },
  of(folder) {
    try { return Object.keys(localStorage).filter((k) => k.startsWith("memokit " + JSON.stringify([folder]).slice(0, -1))); }
    catch { return []; }
  },
};

function when(entry, lang) {
  const then = new Date(entry.time);
  const clock = { hour: "2-digit", minute: "2-digit" };
  const today = then.toDateString() === new Date().toDateString();
  return then.toLocaleString(lang, today ? clock : { day: "numeric", month: "long", ...clock });
}

// -- one for the whole page: every field, every message without an answer, the banner ------------------------

function newPage() {
  const page = {
    fields: new Set(), models: new Set(), waiting: new Map(), count: 0, lost: false, words: null, left: null,
    start: Math.random().toString(36).slice(2),

    send(model, content, field = null) {
      const seq = `${page.start}-${++page.count}`;
      const sent = { field, time: performance.now(), key: field?.key, value: content.value };
      page.waiting.set(seq, sent);
      try { model.send({ ...content, seq }); } catch { sent.time -= PATIENCE; }
      return seq;
    },

    heard(seq) {
      const sent = page.waiting.get(seq);
      page.waiting.delete(seq);
      if (page.lost) {
        page.lost = false;
        page.banner();
        for (const field of page.fields) { if (field.lost) { field.send(); } }
      }
      return sent;
    },

    flush() { for (const field of page.fields) { field.flush(); } },

    watch() {
      const late = [...page.waiting.values()].filter((sent) => performance.now() - sent.time > PATIENCE);
      for (const { field } of late) { field?.lose(); }
      if (late.length && !page.lost) { page.lost = true; page.banner(); }
    },

    ping() {
      const [model] = page.models;
      if (model && document.visibilityState === "visible" && !page.waiting.size) { page.send(model, { what: "ping" }); }
    },

    // What an earlier page left behind is named, also when its field is not in sight.
    begin(words, folder) {
      page.words = words;
      page.left ??= new Set(store.of(folder));
    },

    tidy() {
      clearTimeout(page.later);
      page.later = setTimeout(page.banner, 400);
    },

    banner() {
      const { words } = page;
      if (!words) { return; }
      const left = [...(page.left ?? [])].map((key) => [key, store.get(key)]).filter(([, entry]) => entry);
      const old = document.querySelector(".memo-banner");
      const parts = [];
      if (page.lost) {
        const again = make("button", { type: "button" }, words.reload);
        again.addEventListener("click", () => location.reload());
        parts.push(make("p", { role: "alert" }, words.lost_page, " ", again));
      }
      if (left.length) { parts.push(page.leftovers(left)); }
      const now = make("section", { class: "memo-banner", "aria-label": words.banner }, ...parts);
      if (!parts.length) { old?.remove(); } else if (old) { old.replaceWith(now); } else { document.body.append(now); }
    },

    leftovers(left) {
      const { words } = page;
      const items = left.map(([key, entry]) => {
        const away = make("button", { type: "button", "aria-label": `${words.discard}: ${entry.label}` }, words.discard);
        away.addEventListener("click", () => { store.drop(key); page.recheck(key); page.banner(); });
        const said = fill(words.left_item, { label: entry.label, at: when(entry, words.lang) });
        return make("li", {}, `${said} `, make("q", {}, plain(entry.value)), " ", away);
      });
      const title = make("summary", {}, fill(words.left, { n: items.length }));
      return make("details", {}, title, make("p", {}, words.left_help), make("ul", {}, ...items));
    },

    recheck(key) { for (const field of page.fields) { if (field.key === key) { field.check(); } } },
  };
  // A click acts on what is typed at that moment: the text goes out before the click is handled. A click
  // made by a screen reader moves no focus, so a blur alone is not enough.
  document.addEventListener("click", page.flush, true);
  addEventListener("pagehide", page.flush);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") { page.flush(); } });
  addEventListener("storage", (event) => { if (event.key) { page.recheck(event.key); page.tidy(); } });
  setInterval(page.watch, 500);
  setInterval(page.ping, PING);
  return page;
}

// Each widget loads this file as a module of its own; what is one for the page stands on the window.
const page = (globalThis.memokitPage ??= newPage());

// -- one field ----------------------------------------------------------------------------------------------

class Field {
  constructor(sheet, column, id) {
    Object.assign(this, { sheet, column, id, dirty: false, lost: false, timer: 0, seq: "", refused: "", saved: null });
    this.state = make("span", { class: "memo-state" });
    this.below = make("div", { class: "memo-below" });
    this.control = this.build();
    this.control.id = id;
    page.fields.add(this);
  }

  build() {
    const { kind, hint, required, late } = this.column;
    const tag = { choice: "select", sources: "select", area: "textarea" }[kind] ?? "input";
    const node = make(tag, { "aria-required": required && "true", placeholder: hint, name: this.column.name });
    if (tag === "input") { Object.assign(node, { type: "text", autocomplete: "off" }); }
    if (tag === "textarea") { node.rows = this.sheet.isTable ? 1 : 2; }
    if (kind === "sources") {
      this.chips = make("div", { class: "memo-chips" });
      node.addEventListener("change", () => { if (node.value) { this.pick([...this.value, node.value]); } });
    } else {
      node.addEventListener(tag === "select" ? "change" : "input", () => this.typed(tag === "select" ? 0 : late ? -1 : SOON));
    }
    node.addEventListener("beforeinput", (event) => this.guard(event));
    node.addEventListener("keydown", (event) => { if (event.key === "Enter" && tag === "input") { this.flush(); } });
    node.addEventListener("blur", () => { this.flush(); if (!this.dirty) { this.show(this.saved); } });
    return node;
  }

  get words() { return this.sheet.words; }
  get value() { return this.column.kind === "sources" ? this.chosen : this.control.value; }
  get label() { return this.sheet.isTable ? `${this.column.title}: ${this.row.title}` : this.column.title; }

  // -- what Python says --

  update(row) {
    const other = this.row?.key !== row.key || this.row?.round !== row.round;
    if (other && this.row) { this.leave(row); }
    const renamed = !other && this.row.id !== row.id;
    this.row = row;
    const value = row.values[this.column.name];
    this.offers(row.options?.[this.column.name] ?? this.column.options);
    if (other || renamed) {
      const old = this.key;
      const id = this.sheet.draft ? "-" : row.id;  // what is not added yet has no name of its own
      this.key = this.sheet.place.length ? store.key(this.sheet.place, id, this.column.name) : "";
      if (renamed && this.dirty && old !== this.key) { this.keep(); store.drop(old); }
    }
    if (this.sheet.isTable) { this.control.setAttribute("aria-label", this.label); }
    const echo = same(value, this.echo) && document.activeElement === this.control;
    this.saved = value;
    if (other || !(this.dirty || echo)) { this.show(value); }
    if (other) { this.check(); }
  }

  // Another record, or the same form emptied: what was on its way still goes to where it was typed.
  leave(row) {
    if (this.sheet.draft) { this.forget(); } else { this.flush(); }
    clearTimeout(this.timer);
    Object.assign(this, { dirty: false, lost: false, timer: 0, seq: "", echo: undefined });
    this.refuse("");
    this.tell("");
  }

  answer({ problem, value }, seq) {
    const sent = page.heard(seq);
    const { key, value: meant } = sent ?? this;  // a second answer: what was refused is saved by now
    if (!problem && !this.sheet.draft && same(store.get(key)?.value, meant)) { this.forget(key); }
    if (seq !== this.seq || this.timer) { return; }
    this.lost = false;
    this.refuse(problem);
    if (problem) { this.tell(this.words.refused); return; }
    Object.assign(this, { dirty: false, saved: value, echo: value });
    if (document.activeElement !== this.control) { this.show(value); }
    this.tell(this.sheet.draft ? "" : this.words.saved);
  }

  show(value) {
    if (this.column.kind === "sources") { this.choose(value); return; }
    if (this.column.kind === "choice") { this.options(value); }
    if (this.control.value === value) { return; }
    const [from, to] = [this.control.selectionStart, this.control.selectionEnd];
    this.control.value = value;
    if (document.activeElement === this.control && from !== null && this.control.setSelectionRange) {
      this.control.setSelectionRange(from, to);
    }
    this.grow();
  }

  // -- what a person types --

  typed(wait) {
    this.grow();
    clearTimeout(this.timer);
    this.timer = 0;
    this.dirty = true;
    if (this.tooLong(this.value.length, this.words.too_long)) {
      this.seq = "";
      this.tell(this.words.refused);
      return;
    }
    this.keep();
    this.tell(this.lost ? this.gone() : this.sheet.draft ? "" : this.words.unsaved);
    if (wait === 0) { this.send(); } else { this.timer = setTimeout(() => this.send(), wait < 0 ? 2 ** 30 : wait); }
  }

  flush() { if (this.timer) { this.send(); } }

  send() {
    clearTimeout(this.timer);
    this.timer = 0;
    const content = { what: "typed", key: this.row.key, name: this.column.name, value: this.value };
    this.seq = page.send(this.sheet.model, content, this);
  }

  guard(event) {
    const text = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
    const kept = this.value.length - (this.control.selectionEnd - this.control.selectionStart || 0);
    if (text.length > 1 && this.tooLong(kept + text.length, this.words.too_long_paste)) { event.preventDefault(); }
  }

  tooLong(n, said) {
    const { limit } = this.sheet;
    if (n <= limit) { return false; }
    const number = (x) => x.toLocaleString(this.words.lang);
    this.refuse(fill(said, { n: number(n), limit: number(limit) }));
    return true;
  }

  keep() {
    const whose = this.sheet.isTable || this.sheet.draft ? "" : ` (${this.row.id.replaceAll("|", ", ")})`;
    const entry = { value: this.value, time: new Date().toISOString(), label: this.label + whose };
    this.safe = this.key !== "" && store.put(this.key, entry);
    page.left?.delete(this.key);
  }

  forget(key = this.key) {
    store.drop(key);
    page.tidy();
  }

  // -- what is shown beside it --

  gone() { return this.safe ? this.words.lost : this.words.lost_unsafe; }

  lose() {
    this.lost = true;
    if (this.dirty) { this.tell(this.gone()); }
  }

  tell(text) {
    clearTimeout(this.fading);
    this.state.textContent = text;
    this.state.className = text === this.words.saved ? "memo-state memo-state-saved" : "memo-state";
    if (text === this.words.saved) { this.fading = setTimeout(() => this.tell(""), SHORT); }
    this.sheet.announce(this, text);
  }

  refuse(problem) {
    if (problem === this.refused) { return; }
    this.refused = problem;
    this.alert?.remove();
    this.alert = null;
    if (problem) {
      this.alert = make("p", { role: "alert", class: "memo-refused", id: `${this.id}-wrong` }, problem);
      this.below.prepend(this.alert);
      this.control.setAttribute("aria-invalid", "true");
    } else { this.control.removeAttribute("aria-invalid"); }
    const about = [this.alert?.id, this.tip].filter(Boolean).join(" ");
    if (about) { this.control.setAttribute("aria-describedby", about); } else { this.control.removeAttribute("aria-describedby"); }
  }

  // What an earlier page left behind is offered beside the field, if it is not what is saved.
  check() {
    this.offer?.remove();
    this.offer = null;
    const entry = this.key ? store.get(this.key) : null;
    if (!entry || this.dirty) { return; }
    if (same(entry.value, this.saved)) { this.forget(); return; }
    const { words } = this;
    const button = (word, action) => {
      const made = make("button", { type: "button", "aria-label": `${word}: ${this.label}` }, word);
      made.addEventListener("click", () => { this.offer.remove(); this.offer = null; action(); this.control.focus(); });
      return made;
    };
    const back = button(words.restore, () => this.restore(entry.value));
    const away = button(words.discard, () => this.forget());
    const said = fill(words.offer, { at: when(entry, words.lang) });
    this.offer = make("div", { class: "memo-offer" }, make("p", {}, `${said} `, make("q", {}, plain(entry.value))), back, away);
    this.below.append(this.offer);
  }

  restore(value) {
    if (this.column.kind === "sources") { this.pick(value); return; }
    this.control.value = value;
    this.typed(0);
  }

  grow() {
    if (this.control.tagName !== "TEXTAREA" || CSS.supports("field-sizing", "content")) { return; }
    this.control.style.height = "auto";
    this.control.style.height = `${Math.min(this.control.scrollHeight + 2, innerHeight * 0.6)}px`;
  }

  // -- lists --

  offers(options) {
    if (options === this.offered || same(options, this.offered)) { return; }
    this.offered = options;
    if (this.column.kind === "choice") { this.options(this.control.value); }
    if (this.column.kind === "sources" && this.chosen) { this.choose(this.chosen); }
  }

  options(value) {
    // A value that is no longer offered is still shown: another one in its place would be a lie.
    const known = this.offered.some(([, each]) => each === value);
    const all = known || value === null ? this.offered : [[value, value], ...this.offered];
    if (!same(all, this.drawn)) {
      this.control.replaceChildren(...all.map(([label, each]) => new Option(label, each)));
      this.drawn = all;
    }
    this.control.value = value;
  }

  pick(value) {
    this.choose(value);
    this.typed(0);
  }

  choose(value) {
    this.chosen = value;
    const names = new Map(this.offered.map(([label, each]) => [each, label]));
    const rest = this.offered.filter(([, each]) => !value.includes(each));
    const all = [[this.words.choose_source, ""], ...rest];
    if (!same(all, this.drawn)) { this.control.replaceChildren(...all.map(([label, each]) => new Option(label, each))); }
    this.drawn = all;
    this.control.value = "";
    if (same(value, this.chipped?.map(([each]) => each))) { return; }
    this.chipped = value.map((each) => [each]);
    this.chips.replaceChildren(...value.map((each) => this.chip(each, names.get(each) ?? each)));
  }

  chip(each, name) {
    const said = `${fill(this.words.take_away, { name })} (${this.label})`;
    const made = make("button", { type: "button", "aria-label": said }, `${name} ✕`);
    made.addEventListener("click", () => {
      this.pick(this.chosen.filter((other) => other !== each));
      this.control.focus();
    });
    return made;
  }
}

// -- one widget ---------------------------------------------------------------------------------------------

class Sheet {
  constructor(model, el) {
    Object.assign(this, { model, el, id: `memo-${page.start}-${++page.count}`, rows: new Map() });
    for (const name of ["words", "place", "draft", "limit"]) { this[name] = model.get(name); }
    this.isTable = model.get("shape") === "table";
    this.live = make("div", { class: "memo-live", "aria-live": "polite" });
    this.said = new Map();
    page.models.add(model);
    if (this.place.length) { page.begin(this.words, this.place[0]); }
    page.words ??= this.words;
    this.build();
    this.update();
    const on = { "change:rows": () => this.update(), "change:hidden": () => this.hide() };
    on["change:columns"] = () => this.recolumn();
    on["msg:custom"] = (content) => this.hear(content);
    for (const [event, action] of Object.entries(on)) { model.on(event, action); }
    this.stop = () => {
      for (const [event, action] of Object.entries(on)) { model.off(event, action); }
      page.flush();
      page.models.delete(model);
      for (const field of this.fields()) { page.fields.delete(field); }
      for (const [seq, sent] of page.waiting) { if (sent.field?.sheet === this) { page.waiting.delete(seq); } }
    };
    page.tidy();
  }

  * fields() { for (const row of this.rows.values()) { yield* row.fields; } }

  build() {
    this.columns = this.model.get("columns");
    const caption = this.model.get("caption");
    if (!this.isTable) {
      this.body = make("div", { class: "memo-fields", role: caption && "group", "aria-label": caption });
      this.el.replaceChildren(this.body, this.live);
      return;
    }
    const head = (text, help, id) => make(
      "th", { scope: "col", role: "columnheader" }, text, ...(help ? [make("span", { class: "memo-tip", id }, help)] : []));
    const heads = this.columns.map((column) => head(this.titled(column), column.help, `${this.id}-${column.name}-tip`));
    const top = make("tr", { role: "row" }, head(this.model.get("head"), "", ""), ...heads);
    this.body = make("tbody", { role: "rowgroup" });
    const table = make("table", { class: "memo-grid", role: "table" },
      make("caption", {}, caption), make("thead", { role: "rowgroup" }, top), this.body);
    this.el.replaceChildren(table, this.live);
  }

  titled(column) { return column.required ? `${column.title} ${this.words.required}` : column.title; }

  update() {
    const wanted = this.model.get("rows");
    if (!this.isTable) {
      // A form keeps its fields when it shows another record: whoever types keeps the focus.
      const [row] = wanted;
      if (row && !this.rows.size) { this.rows.set("", this.newForm()); }
      if (row) { for (const field of this.fields()) { field.update(row); } }
      this.hide();
      return;
    }
    const keys = wanted.map((row) => row.key);
    for (const [key, row] of this.rows) {
      if (!keys.includes(key)) {
        for (const field of row.fields) { field.flush(); page.fields.delete(field); }
        row.nodes.forEach((node) => node.remove());
        this.rows.delete(key);
      }
    }
    const moved = !same(keys.filter((key) => this.rows.has(key)), [...this.rows.keys()]);
    const rows = wanted.map((row) => [row.key, this.rows.get(row.key) ?? this.newRow()]);
    const fresh = rows.filter(([key]) => !this.rows.has(key));
    this.rows = new Map(rows);
    wanted.forEach((row) => this.fillRow(this.rows.get(row.key), row));
    if (moved) { this.body.append(...rows.flatMap(([, row]) => row.nodes)); return; }
    // Only what is new goes in, each after the one before it: a field with the focus is never moved.
    if (fresh.length === rows.length) { this.body.append(...rows.flatMap(([, row]) => row.nodes)); return; }
    rows.forEach(([key, row], at) => {
      if (fresh.some(([each]) => each === key)) {
        if (at) { rows[at - 1][1].nodes[1].after(...row.nodes); } else { this.body.prepend(...row.nodes); }
      }
    });
  }

  newForm() {
    const fields = this.columns.map((column) => {
      const field = new Field(this, column, `${this.id}-${column.name}`);
      const must = column.required ? [make("span", { class: "memo-must", "aria-hidden": "true" }, this.words.required)] : [];
      const label = make("label", { for: field.id }, column.title);
      const head = make("div", { class: "memo-head" }, label, ...must);
      const foot = make("div", { class: "memo-foot" }, field.state);
      if (column.help) {
        field.tip = `${field.id}-tip`;
        field.control.setAttribute("aria-describedby", field.tip);
        foot.prepend(make("span", { class: "memo-tip", id: field.tip }, column.help));
      }
      const right = make("div", { class: "memo-right" }, field.control, ...(field.chips ? [field.chips] : []), foot, field.below);
      field.node = make("div", { class: "memo-field" }, head, right);
      return field;
    });
    this.body.append(...fields.map((field) => field.node));
    return { fields, nodes: [] };
  }

  newRow() {
    const title = make("span", { class: "memo-title" });
    const help = make("span", { class: "memo-tip" });
    const number = ++page.count;
    const fields = this.columns.map((column) => {
      const field = new Field(this, column, `${this.id}-${number}-${column.name}`);
      if (column.help) {
        field.tip = `${this.id}-${column.name}-tip`;
        field.control.setAttribute("aria-describedby", field.tip);
      }
      return field;
    });
    const cells = fields.map((field) => make(
      "td", { role: "cell", class: `memo-cell-${field.column.kind}`, "data-title": this.titled(field.column) },
      field.control, ...(field.chips ? [field.chips] : []), field.below, field.state));
    const line = make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader" }, title, help), ...cells);
    const remarks = make("td", { role: "cell", colspan: this.columns.length + 1 });
    const below = make("tr", { role: "row", class: "memo-remarks", hidden: "hidden" }, remarks);
    return { fields, title, help, remarks, nodes: [line, below] };
  }

  fillRow(made, row) {
    if (same(made.row, row)) { return; }
    made.title.textContent = row.title;
    made.help.textContent = row.help;
    if (made.row?.remarks !== row.remarks) {
      made.remarks.replaceChildren(copied(row.remarks));
      made.nodes[1].hidden = !row.remarks;
    }
    made.row = row;
    for (const field of made.fields) { field.update(row); }
  }

  hide() {
    const hidden = this.model.get("hidden");
    for (const field of this.fields()) { if (field.node) { field.node.hidden = hidden.includes(field.column.name); } }
  }

  recolumn() {
    this.columns = this.model.get("columns");
    for (const field of this.fields()) {
      field.column = this.columns.find((column) => column.name === field.column.name) ?? field.column;
      if (field.row) {
        field.offers(field.row.options?.[field.column.name] ?? field.column.options);
        if (!field.dirty) { field.show(field.saved); }
      }
    }
  }

  hear(content) {
    if (content.what === "pong") { page.heard(content.seq); return; }
    const field = page.waiting.get(content.seq)?.field ?? [...this.fields()].find((each) => each.seq === content.seq);
    if (field?.sheet === this) { field.answer(content, content.seq); }
  }

  // One polite voice for the widget, and only for what lasts: somebody who types is not talked to at each key.
  announce(field, text) {
    this.said.set(field, text);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      const lines = [...this.said].filter(([, said]) => said).map(([each, said]) => `${each.label}: ${said}`);
      this.said.clear();
      this.live.textContent = lines.join(". ");
    }, 1000);
  }
}

export default {
  render({ model, el }) {
    const sheet = new Sheet(model, el);
    return sheet.stop;
  },
};
