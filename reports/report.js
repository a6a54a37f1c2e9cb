"use strict";
(() => {
  const $ = (selector) => document.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const tools = $("#tools");
  const list = $("#list");
  const cards = all("article");
  const help = $("#help");
  const order = new Map(cards.map((card, place) => [card, place]));
  const homes = new Map(cards.map((card) => [card, card.parentNode]));
  const groups = all(".group");
  const levels = ["error", "warning", "note"];
  const words = new Map();

  const text = (card) => {
    if (!words.has(card)) {
      const said = all(".tag, h4, dl, figcaption, details > p, .references", card);
      const whole = all(".tag [title], h4 [title]", card);
      words.set(card, [card.dataset.id, ...said.map((one) => one.textContent), ...whole.map((one) => one.title)]
        .join(" ").toLowerCase());
    }
    return words.get(card);
  };
  const columns = (card) => JSON.parse(card.dataset.column);
  const nouns = (count) => (count === 1 ? "1 finding" : `${count} findings`);
  const shown = () => all("article").filter((card) => !card.hidden);

  const state = () => {
    const data = new FormData(tools);
    const severities = data.getAll("severity");
    const every = all("[name=severity]", tools).length;
    return {
      severity: severities.length === every ? "" : severities.join(",") || "none",
      family: data.get("family") || "",
      cause: data.get("cause") || "",
      column: data.get("column") || "",
      run: data.get("run") || "",
      sort: data.get("sort") || "",
      text: (data.get("text") || "").trim(),
    };
  };

  const arranged = (sort) => {
    all(".sorted").forEach((one) => one.remove());
    if (!sort) {
      cards.forEach((card) => homes.get(card).append(card));
    } else {
      const keys = sort === "severity" ? levels : [...new Set(cards.map((card) => card.dataset.family))].sort();
      keys.forEach((key) => {
        const members = cards.filter((card) => card.dataset[sort] === key);
        if (!members.length) return;
        const section = document.createElement("section");
        section.className = "group sorted";
        const heading = document.createElement("h3");
        heading.className = "group-h";
        heading.textContent = key;
        section.append(heading, ...members.sort((a, b) => order.get(a) - order.get(b)));
        list.append(section);
      });
    }
    sorted = sort;
  };
  let sorted = "";

  const filter = ({ write = true } = {}) => {
    const wanted = state();
    const needles = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    if (wanted.sort !== sorted) arranged(wanted.sort);
    const severities = wanted.severity.split(",");
    cards.forEach((card) => {
      const data = card.dataset;
      card.hidden = !(
        (!wanted.severity || severities.includes(data.severity)) &&
        (!wanted.family || wanted.family === data.family) &&
        (!wanted.cause || wanted.cause === data.cause) &&
        (!wanted.column || columns(card).includes(wanted.column)) &&
        (!wanted.run || wanted.run === data.run) &&
        needles.every((needle) => text(card).includes(needle))
      );
    });
    all(".group").forEach((group) => {
      group.hidden = !all("article", group).some((card) => !card.hidden);
    });
    const left = shown().length;
    $("#none").hidden = left > 0;
    $("#count").textContent = left === cards.length ? nouns(left) : `${left} of ${nouns(cards.length)}`;
    if (write) remember(wanted);
  };

  const remember = (wanted, hash = location.hash) => {
    const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value)).toString();
    try {
      const address = (query ? "?" + query : location.pathname) + hash;
      history[hash === location.hash ? "replaceState" : "pushState"](null, "", address);
    } catch {
      /* a frame without an address of its own: the filters work, they are only not remembered */
    }
  };

  const recall = () => {
    const query = new URLSearchParams(location.search);
    const wanted = query.get("severity")?.split(",");
    all("[name=severity]", tools).forEach((box) => { box.checked = !wanted || wanted.includes(box.value); });
    ["family", "cause", "column", "run", "sort", "text"].forEach((key) => {
      const field = tools.elements[key];
      if (!field) return;
      field.value = query.get(key) || "";
      if (field.value !== (query.get(key) || "")) field.value = "";
    });
  };

  const target = () => {
    let hash = location.hash.slice(1);
    try { hash = decodeURIComponent(hash); } catch { /* a lone per cent sign: take it as it is */ }
    return document.getElementById(hash) || cards.find((card) => card.dataset.id === hash);
  };

  const arrive = () => {
    const there = target();
    if (!there) return;
    for (let outer = there; outer; outer = outer.parentElement) {
      if (outer.tagName === "DETAILS") outer.open = true;
    }
    if (there.tagName === "ARTICLE") {
      if (tools && there.hidden) {
        tools.reset();
        filter();
      }
      there.scrollIntoView();
      there.focus({ preventScroll: true });
    }
  };

  const walk = (step) => {
    const visible = shown();
    const here = visible.indexOf(document.activeElement.closest("article"));
    const next = visible[here < 0 ? (step > 0 ? 0 : visible.length - 1) : here + step];
    if (!next) return;
    next.scrollIntoView({ block: "start" });
    next.focus({ preventScroll: true });
  };

  const quoted = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const csv = (table) => all("tr", table)
    .map((row) => [...row.cells]
      .map((cell) => quoted((cell.title || cell.querySelector("[title]")?.title || cell.textContent).trim()))
      .join(","))
    .join("\n") + "\n";
  const pandas = (table) => Object.entries(JSON.parse(table.dataset.rows))
    .map(([name, rows]) => `${name}.iloc[[${rows.join(", ")}]]`)
    .join("\n");

  const copied = async (button) => {
    const table = button.closest("details").querySelector("table");
    const content = button.dataset.copy === "csv" ? csv(table) : pandas(table);
    let done = true;
    try {
      await navigator.clipboard.writeText(content);
    } catch {
      const area = document.createElement("textarea");
      area.value = content;
      area.className = "unseen";
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    $("#said").textContent = done ? "Copied." : "The browser did not allow copying.";
    const before = button.dataset.before || (button.dataset.before = button.textContent);
    button.textContent = done ? "copied" : "not allowed";
    setTimeout(() => { button.textContent = before; }, 1500);
  };

  /* On a narrow screen a row of evidence is a block of "name value" pairs. */
  const narrow = matchMedia("screen and (max-width: 47.9rem)");
  const stacked = () => {
    if (!narrow.matches) return;
    all(".scroll table:not(.stack)").forEach((table) => {
      const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
      [...table.tBodies[0].rows].forEach((row) => {
        [...row.cells].forEach((cell, place) => { cell.dataset.l = names[place]; });
      });
      table.classList.add("stack");
    });
  };
  stacked();
  narrow.addEventListener("change", stacked);

  all(".copy").forEach((one) => { one.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copied(button);
    const count = event.target.closest("a[data-severity]");
    if (count && tools) {
      event.preventDefault();
      all("[name=severity]", tools).forEach((box) => { box.checked = box.value === count.dataset.severity; });
      filter({ write: false });
      remember(state(), "#findings");
      $("#findings").scrollIntoView();
      $("#findings").focus({ preventScroll: true });
    }
  });
  addEventListener("beforeprint", () => {
    all("details:not([open])").forEach((one) => { one.open = true; one.dataset.shut = ""; });
  });
  addEventListener("afterprint", () => {
    all("details[data-shut]").forEach((one) => { one.open = false; delete one.dataset.shut; });
  });

  if (tools) {
    tools.hidden = false;
    recall();
    filter({ write: false });
    tools.addEventListener("input", () => filter());
    tools.addEventListener("reset", () => setTimeout(filter));
    addEventListener("popstate", () => { recall(); filter({ write: false }); });
    tools.addEventListener("submit", (event) => event.preventDefault());
    $("#keys").addEventListener("click", () => help.showModal());
  }
  addEventListener("hashchange", arrive);
  arrive();
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.key === "Escape" && typing) event.target.blur();
    if (typing || help.open) return;
    if (event.key === "?") help.showModal();
    if (event.key === "j") walk(1);
    if (event.key === "k") walk(-1);
    if (event.key === "/" && tools) {
      event.preventDefault();
      tools.elements.text.focus();
      tools.elements.text.select();
    }
  });
})();
