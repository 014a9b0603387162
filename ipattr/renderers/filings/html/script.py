"""The script of the page: filter, sorting, evidence beside its cell. It reads what the page holds and adds no markup.

It makes elements and copies of elements only, never markup from text. Without it the page is whole.
"""

from __future__ import annotations

SCRIPT = r"""
(() => {
"use strict";
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
document.documentElement.classList.add("js");
const english = one("#lang-en"), table = one("#logins"), body = table.tBodies[0], rows = [...body.rows];
const form = one("#filter"), find = one("#find"), selects = all("select", form), count = one("#count");
const dialog = one("#evidence-box"), title = one("#evidence-title"), inside = one("#evidence-body");
const go = one("#evidence-go");
const lang = () => english.checked ? "en" : "ja";

// What a person sees: the texts of the other language are not in it.
const seen = (node, other) => {
  let text = "";
  for (const child of node.childNodes) {
    if (child.nodeType === 3) text += child.data;
    else if (child.nodeType === 1 && child.lang !== other) text += " " + seen(child, other);
  }
  return text;
};
const folded = text => text.normalize("NFKC").toLowerCase();
const known = {};
const texts = () => known[lang()] ||= rows.map(row => folded(seen(row, lang() === "en" ? "ja" : "en")));

const filter = () => {
  const words = folded(find.value).split(/\s+/).filter(Boolean), chosen = selects.map(select => select.value);
  const told = words.length ? texts() : [];
  let shown = 0;
  rows.forEach((row, index) => {
    const groups = row.dataset.f.split(" ");
    const hidden = !(words.every(word => told[index].includes(word)) &&
      chosen.every((value, at) => value === "" || value === groups[at]));
    if (row.hidden !== hidden) row.hidden = hidden;
    shown += !hidden;
  });
  count.textContent = `${shown.toLocaleString("en")} / ${rows.length.toLocaleString("en")}`;
};

const clear = () => {
  form.reset();
  filter();
};

const network = text => {
  const [, v6, v4] = /^\s*(?:([0-9a-f:]*:[0-9a-f:.]*)|([0-9.]+))/.exec(text) || [];
  if (v4) return "4" + v4.split(".").map(part => part.padStart(3, "0")).join("");
  if (!v6) return "";
  const [head, tail] = v6.split("::").map(part => part ? part.split(":") : []);
  const zeros = tail ? Array(Math.max(8 - head.length - tail.length, 0)).fill("") : [];
  return "6" + [...head, ...zeros, ...(tail || [])].map(part => part.padStart(4, "0")).join("");
};
const keyOf = (row, column) => {
  const cell = row.cells[column];
  if (column === 11 || column === 12) return cell.dataset.k === undefined ? "" : +cell.dataset.k;
  const text = seen(cell, lang() === "en" ? "ja" : "en").trim();
  if (/^[-–]( |$)/.test(text)) return "";
  if (column === 3) return network(text);
  if (column === 0 || column === 4 || column === 13) return parseInt(text, 10);
  return text;
};
const sort = (header, column) => {
  const turn = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  all("th", header.parentNode).forEach(other => other.removeAttribute("aria-sort"));
  header.setAttribute("aria-sort", turn > 0 ? "ascending" : "descending");
  const plain = (one, other) => one < other ? -1 : +(one > other);
  const compare = column === 3 ? plain : new Intl.Collator(lang(), {numeric: true}).compare;
  const keys = rows.map((row, index) => [keyOf(row, column), index, row]);
  keys.sort(([one, before], [other, after]) => {
    if (one === "" || other === "") return (one === "") - (other === "") || before - after;
    const order = typeof one === "number" ? one - other : compare(one, other);
    return turn * order || before - after;
  });
  // Away from the page, rows are moved in a quarter of the time.
  const after = body.nextSibling;
  body.remove();
  body.append(...keys.map(([, , row]) => row));
  table.insertBefore(body, after);
};
all("thead th", table).forEach((header, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  header.append(button);
  button.addEventListener("click", () => sort(header, column));
});

const copied = nodes => nodes.map(node => {
  const copy = node.cloneNode(true);
  if (copy.nodeType === 1) {
    all("[id]", copy).forEach(part => part.removeAttribute("id"));
    copy.removeAttribute("id");
  }
  return copy;
});
const make = (name, nodes) => {
  const element = document.createElement(name);
  element.append(...copied(nodes));
  return element;
};
// A row of a table, read as facts: each heading with its cell.
const facts = row => {
  const list = document.createElement("dl");
  const heads = all("thead tr:last-child th", row.closest("table"));
  const above = all("thead tr:not(:last-child) th", row.closest("table"));
  above.forEach(head => {
    list.append(make("dt", [...one("#file-word").content.childNodes]), make("dd", [...head.childNodes]));
  });
  [...row.cells].forEach((cell, at) => {
    list.append(make("dt", [...heads[at].childNodes]), make("dd", [...cell.childNodes]));
  });
  return list;
};
const fill = target => {
  const section = target.closest("ol, table, section");
  let head = section;
  while (head && !/^H[23]$/.test(head.tagName)) head = head.previousElementSibling || head.parentElement;
  title.replaceChildren(...copied(head ? [...head.childNodes] : []));
  inside.replaceChildren(...(target.tagName === "TR" ? [facts(target)] : copied([...target.childNodes])));
  all("a.x", inside).forEach(link => {
    const note = document.getElementById(link.hash.slice(1));
    if (!note) return;
    const text = make("span", [...note.firstElementChild.childNodes]);
    text.className = "inlined";
    link.after(text);
  });
  go.href = "#" + target.id;
};
const place = link => {
  const at = link.getBoundingClientRect(), box = dialog.getBoundingClientRect(), edge = 8;
  const left = Math.max(edge, Math.min(at.left, innerWidth - box.width - edge));
  const below = at.bottom + edge, above = at.top - edge - box.height;
  const top = below + box.height <= innerHeight - edge ? below : above >= edge ? above :
    Math.max(edge, innerHeight - box.height - edge);
  dialog.style.left = left + "px";
  dialog.style.top = top + "px";
};
const open = (target, link) => {
  fill(target);
  if (!dialog.open) {
    dialog.showModal();  // closed, it gives the focus back by itself
    place(link);
  }
  dialog.scrollTop = 0;
  title.focus();
};
dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
one("#evidence-close").addEventListener("click", () => dialog.close());
document.addEventListener("click", event => {
  const link = event.target.closest('a[href^="#"]');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const target = document.getElementById(link.hash.slice(1));
  if (!target) return;
  if (link !== go && target.classList.contains("e")) {
    event.preventDefault();
    open(target, link);
    return;
  }
  if (target.hidden) clear();
  if (dialog.open) dialog.close();
});

const speak = () => {
  document.documentElement.lang = lang();
  document.title = one("h1").dataset[lang()];
  all("option", form).forEach(option => { option.textContent = option.dataset[lang()]; });
  filter();
};
all("input[name=lang]").forEach(input => input.addEventListener("change", speak));
form.addEventListener("input", filter);
form.addEventListener("submit", event => event.preventDefault());
one("button", form).addEventListener("click", clear);
form.hidden = false;
speak();
document.documentElement.dataset.ready = "";
(window.requestIdleCallback || setTimeout)(texts);
})();
"""
