"use strict";
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;

  // Texts: one string where all languages say the same, else one for each.
  let language = Math.max(0, page.languages.findIndex(tag => (navigator.language || "").toLowerCase().startsWith(tag)));
  const say = text => typeof text === "string" ? text : text[language];
  const spoken = []; // what says something anew in another language
  const speak = (node, text, ...into) => {
    const set = () => into.length ? into.forEach(name => node.setAttribute(name, say(text))) : node.textContent = say(text);
    spoken.push(set);
    set();
    return node;
  };
  const make = (tag, name, ...children) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.append(...children);
    return node;
  };
  const lines = all => all.map(line => {
    const p = make("p", line.style);
    p.textContent = say(line.text);
    return p;
  });

  // Maps.
  const bytes = base64 => Uint8Array.from(atob(base64), c => c.charCodeAt(0));
  const floats = base64 => {
    const view = new DataView(bytes(base64).buffer);
    return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  };
  const opened = new WeakMap(); // values of maps that were looked at
  const values = map => {
    if (!opened.has(map)) opened.set(map, floats(map.values));
    return opened.get(map);
  };
  // tap says between which two cells a place lies, given in cells from the grid's edge.
  const tap = (cells, place) => {
    if (view.grid) {
      const at = Math.min(Math.trunc(place), cells - 1);
      return { at, next: at, share: 0 };
    }
    const p = Math.max(place - 0.5, 0), at = Math.min(Math.trunc(p), cells - 1);
    return { at, next: Math.min(at + 1, cells - 1), share: Math.fround(p - at) };
  };
  // sample is the map's value at a place given as shares of its width and height.
  const sample = (map, x, y) => {
    const of = values(map), within = share => Math.min(Math.max(share, 0), 1);
    const col = tap(map.w, within(x) * map.w), row = tap(map.h, within(y) * map.h);
    const line = y => {
      const a = of[y * map.w + col.at], b = of[y * map.w + col.next];
      return a + col.share * (b - a);
    };
    const a = line(row.at), b = line(row.next);
    return a + row.share * (b - a);
  };
  // spread is the map over w × h pixels.
  const spread = (map, w, h) => {
    const of = values(map), out = new Float32Array(w * h);
    const cols = Array.from({ length: w }, (_, x) => tap(map.w, (x + 0.5) * map.w / w));
    for (let y = 0; y < h; y++) {
      const row = tap(map.h, (y + 0.5) * map.h / h), up = row.at * map.w, down = row.next * map.w;
      for (let x = 0; x < w; x++) {
        const c = cols[x];
        const a = of[up + c.at] + c.share * (of[up + c.next] - of[up + c.at]);
        const b = of[down + c.at] + c.share * (of[down + c.next] - of[down + c.at]);
        out[y * w + x] = a + row.share * (b - a);
      }
    }
    return out;
  };
  // scale is what a cell's colours stand for: 0 to the highest value or, with both signs,
  // as far to both sides of 0; of its own map, or of all networks' in its row.
  const scale = cell => {
    const signed = coloursOf(cell).diverging;
    let hi = 0;
    for (const other of view.shared && !cell.column.derived ? cell.row.cells : [cell]) {
      if (!other.shown.map || other !== cell && other.column.derived) continue;
      for (const v of values(other.shown.map)) hi = Math.max(hi, signed ? Math.abs(v) : v);
    }
    return { lo: signed ? -hi : 0, hi };
  };
  const coloursOf = cell => {
    const chosen = page.colours[view.colours];
    return cell.column.signed && !chosen.diverging ? page.colours[page.signed] : chosen;
  };
  const steps = 510; // of a colour scale
  for (const colours of page.colours) colours.table = bytes(colours.table);
  // number writes a value in three digits, a tie to the even one.
  const number = v => {
    if (v === 0) return "0";
    let [mantissa, exponent] = Math.abs(v).toExponential(40).split("e");
    let e = Number(exponent), digits = mantissa.replace(".", ""), n = Number(digits.slice(0, 3));
    const rest = digits.slice(3), half = "5".padEnd(rest.length, "0");
    if (rest > half || rest === half && n % 2) n++;
    if (n === 1000) { n = 100; e++; }
    digits = String(n);
    let text;
    if (e < -4 || e >= 3) text = digits[0] + "." + digits.slice(1) + "e" + (e < 0 ? "−" : "+") + String(Math.abs(e)).padStart(2, "0");
    else if (e < 0) text = "0." + "0".repeat(-e - 1) + digits;
    else text = digits.slice(0, e + 1) + (e < 2 ? "." + digits.slice(e + 1) : "");
    return (v < 0 ? "−" : "") + text;
  };

  // What the reader may change.
  const view = { ...page.view, contoured: page.view.contour > 0, wiping: false, wipe: 0.5 };
  const rows = [];
  const cells = () => rows.flatMap(row => row.cells);

  // Painting: what is in sight, and before it is printed, all.
  const sharp = 384; // pixels of a map's longer side
  const bar = (canvas, colours) => {
    canvas.width = 255;
    canvas.height = 1;
    const pixels = new ImageData(canvas.width, 1);
    for (let x = 0; x < canvas.width; x++) {
      const i = Math.round((x + 0.5) / canvas.width * steps);
      pixels.data.set(colours.table.subarray(3 * i, 3 * i + 3), 4 * x);
      pixels.data[4 * x + 3] = 255;
    }
    canvas.getContext("2d").putImageData(pixels, 0, 0);
  };
  const paint = cell => {
    cell.stale = false;
    const { map, seen } = cell.shown, row = cell.row.of, { lo, hi } = scale(cell), colours = coloursOf(cell);
    const own = map && values(map).some(v => colours.diverging ? v !== 0 : v > 0);
    cell.scale.hidden = !map || !(hi > lo);
    cell.none.hidden = !map || own;
    cell.map.hidden = !map || !(hi > lo);
    if (cell.map.hidden) return;
    cell.lo.textContent = number(lo);
    cell.hi.textContent = number(hi);
    bar(cell.bar, colours);
    const wide = seen[2] - seen[0], high = seen[3] - seen[1], longer = Math.max(wide, high);
    const w = Math.max(1, Math.round(sharp * wide / longer)), h = Math.max(1, Math.round(sharp * high / longer));
    const place = node => {
      node.style.left = 100 * seen[0] / row.width + "%";
      node.style.top = 100 * seen[1] / row.height + "%";
      node.style.width = 100 * wide / row.width + "%";
      node.style.height = 100 * high / row.height + "%";
    };
    [cell.colours, cell.lines, cell.seen].forEach(place);
    cell.seen.hidden = Math.round(seen[0]) <= 0 && Math.round(seen[1]) <= 0 && Math.round(seen[2]) >= row.width && Math.round(seen[3]) >= row.height;
    const of = spread(map, w, h), pixels = new ImageData(w, h), per = 1 / (hi - lo);
    for (let i = 0; i < of.length; i++) {
      const at = Math.trunc(Math.min(Math.max((of[i] - lo) * per, 0), 1) * steps + 0.5);
      const s = colours.diverging ? Math.abs(2 * at / steps - 1) : at / steps;
      pixels.data[4 * i] = colours.table[3 * at];
      pixels.data[4 * i + 1] = colours.table[3 * at + 1];
      pixels.data[4 * i + 2] = colours.table[3 * at + 2];
      pixels.data[4 * i + 3] = Math.round(255 * s * (2 - s)); // the opacity is the style's
    }
    cell.colours.width = cell.lines.width = w;
    cell.colours.height = cell.lines.height = h;
    cell.colours.getContext("2d").putImageData(pixels, 0, 0);
    if (view.contoured) contour(cell.lines.getContext("2d"), of, w, h, Math.fround(view.contour * hi));
  };
  // contour draws a line around where values reach the threshold, and a box around the
  // largest part of that which hangs together by its sides.
  const contour = (context, of, w, h, threshold) => {
    const inside = Array.from(of, v => v >= threshold), seen = new Uint8Array(w * h);
    const beside = at => [at % w > 0 ? at - 1 : -1, at % w < w - 1 ? at + 1 : -1, at - w, at + w < w * h ? at + w : -1].filter(next => next >= 0);
    const pixels = new ImageData(w, h);
    const dot = (x, y, white) => {
      if (x < 0 || y < 0 || x >= w || y >= h) return;
      const i = 4 * (y * w + x);
      if (white) pixels.data.set([255, 255, 255, 255], i);
      else if (pixels.data[i + 3] === 0) pixels.data[i + 3] = 128;
    };
    let most = 0, box = null;
    for (let start = 0; start < of.length; start++) {
      if (!inside[start] || seen[start]) continue;
      const stack = [start], part = [w, h, 0, 0];
      let size = 0;
      seen[start] = 1;
      while (stack.length) {
        const at = stack.pop(), x = at % w, y = (at - x) / w;
        part[0] = Math.min(part[0], x);
        part[1] = Math.min(part[1], y);
        part[2] = Math.max(part[2], x + 1);
        part[3] = Math.max(part[3], y + 1);
        size++;
        for (const next of beside(at)) if (inside[next] && !seen[next]) { seen[next] = 1; stack.push(next); }
      }
      if (size > most) { most = size; box = part; }
    }
    for (const white of [false, true])
      for (let at = 0; at < of.length; at++) {
        if (!inside[at] || beside(at).every(next => inside[next])) continue;
        const x = at % w, y = (at - x) / w, reach = white ? 0 : 1;
        for (let v = y - reach; v <= y + 1 + reach; v++) for (let u = x - reach; u <= x + 1 + reach; u++) dot(u, v, white);
      }
    context.putImageData(pixels, 0, 0);
    if (!box) return;
    const [x0, y0, x1, y1] = box;
    context.strokeStyle = "rgba(0,0,0,.5)";
    context.strokeRect(x0 - 1.5, y0 - 1.5, x1 - x0 + 3, y1 - y0 + 3);
    context.strokeStyle = "#fff";
    context.strokeRect(x0 - 0.5, y0 - 0.5, x1 - x0 + 1, y1 - y0 + 1);
  };
  let asked = false;
  const flush = all => {
    asked = false;
    for (const cell of cells()) if (cell.stale && (all || cell.near)) paint(cell);
  };
  const repaint = of => {
    for (const cell of of) cell.stale = true;
    if (!asked) requestAnimationFrame(() => flush(false));
    asked = true;
  };
  const sight = new IntersectionObserver(entries => {
    for (const entry of entries) entry.target.cell.near = entry.isIntersecting;
    flush(false);
  }, { rootMargin: "60%" });
  addEventListener("beforeprint", () => flush(true));

  // The crosshair: a point of a row's picture, kept where the reader clicks.
  const point = (row, at) => {
    row.at = at;
    for (const frame of row.frames) {
      frame.across.hidden = frame.down.hidden = !at;
      if (!at) continue;
      frame.style.setProperty("--x", at.x);
      frame.style.setProperty("--y", at.y);
    }
    read(row);
  };
  const read = row => {
    const { width, height } = row.of, at = row.at;
    row.pixel.textContent = at ? `x ${Math.min(Math.trunc(at.x * width), width - 1)}, y ${Math.min(Math.trunc(at.y * height), height - 1)}` : "";
    for (const cell of row.cells) {
      const { map, seen } = cell.shown;
      if (!at || !map) { cell.value.textContent = ""; continue; }
      const x = (at.x * width - seen[0]) / (seen[2] - seen[0]), y = (at.y * height - seen[1]) / (seen[3] - seen[1]);
      const saw = x >= 0 && x < 1 && y >= 0 && y < 1;
      cell.value.textContent = say(page.words.point) + ": " + (saw ? number(sample(map, x, y)) : say(page.words["not seen"]));
    }
  };
  const track = (frame, row) => {
    const beyond = 1 - 2 ** -20; // the last place that is still in the picture
    const where = event => {
      const box = frame.getBoundingClientRect(), within = v => Math.min(Math.max(v, 0), beyond);
      return { x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height) };
    };
    const move = event => {
      const at = where(event);
      if (view.wiping && event.buttons) setWipe(at.x);
      point(row, at);
    };
    frame.addEventListener("pointermove", move);
    frame.addEventListener("pointerdown", event => {
      if (event.button) return;
      if (event.pointerType === "mouse") frame.setPointerCapture(event.pointerId);
      move(event);
      row.kept = row.at;
    });
    frame.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") point(row, row.kept); });
    frame.addEventListener("keydown", event => {
      const by = (event.shiftKey ? 0.1 : 0.02), from = row.at || { x: 0.5 - by, y: 0.5 };
      const way = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key];
      if (way && !event.ctrlKey && !event.altKey && !event.metaKey) {
        const within = v => Math.min(Math.max(v, 0), beyond);
        point(row, { x: within(from.x + way[0]), y: within(from.y + way[1]) });
      } else if (event.key === "Enter") row.kept = row.at;
      else if (event.key === "Escape") point(row, row.kept = null);
      else return;
      event.preventDefault();
    });
  };

  // The page.
  const words = page.words;
  const frameOf = (row, column) => {
    const frame = make("div", "frame"), img = make("img"), of = row.of;
    img.alt = "";
    img.src = "data:image/jpeg;base64," + of.jpeg;
    frame.append(img);
    frame.style.aspectRatio = of.width + " / " + of.height;
    frame.style.width = Math.min(100, 100 * of.width / of.height) + "%";
    frame.tabIndex = 0;
    frame.setAttribute("role", "img");
    speak(frame, column ? page.languages.map((_, i) => {
      const own = text => typeof text === "string" ? text : text[i];
      return own(words["map of"]).replace("%s", () => own(column.title)).replace("%s", () => own(of.name));
    }) : of.name, "aria-label");
    frame.across = make("div", "across");
    frame.down = make("div", "down");
    frame.across.hidden = frame.down.hidden = true;
    row.frames.push(frame);
    track(frame, row);
    return frame;
  };
  // objectOf is the line around what a picture is known to show.
  const objectOf = row => {
    if (!row.of.object) return [];
    const line = make("img", "object");
    line.alt = "";
    line.src = "data:image/png;base64," + row.of.object;
    return [line];
  };
  const choose = (row, choice) => {
    row.choice = choice;
    if (row.select) row.select.value = choice;
    tell(row);
    repaint(row.cells);
    read(row);
  };
  // tell says what stands beside a row's maps.
  const tell = row => {
    const choice = row.of.choices[row.choice];
    row.why.textContent = say(choice.why);
    row.cells.forEach((cell, j) => {
      cell.shown = choice.cells[j];
      cell.text.replaceChildren(...lines(cell.shown.lines));
      cell.none.textContent = say(words["no evidence"]);
      if (!cell.list) return;
      const tops = row.of.tops[j];
      cell.summary.textContent = say(words.top).replace("%d", tops.length);
      cell.list.replaceChildren(...tops.map(top => make("li", "", say(top.class) + " " + top.probability)));
    });
    row.lines.replaceChildren(...lines(row.of.lines));
  };
  const rowOf = of => {
    const row = { of, choice: 0, at: null, kept: null, frames: [], cells: [] };
    const head = make("th");
    head.scope = "row";
    const frame = frameOf(row, null);
    frame.append(...objectOf(row), frame.across, frame.down);
    row.pixel = make("output", "quiet");
    row.why = make("span", "quiet");
    row.lines = make("div");
    const explains = make("div", "explains");
    if (of.choices.length > 1) {
      row.select = make("select");
      of.choices.forEach((choice, i) => {
        const option = speak(make("option"), choice.class);
        option.value = i;
        row.select.append(option);
      });
      row.select.addEventListener("change", () => { choose(row, Number(row.select.value)); if (all) all.value = ""; });
    }
    const label = make("label", "", speak(make("span", "quiet"), of.explains), " ", row.select || speak(make("b"), of.choices[0].class));
    explains.append(label, row.why);
    head.append(frame, row.pixel, speak(make("p", "title"), of.name), explains, speak(make("p", "quiet"), of.against), row.lines);
    const line = make("tr", "", head);
    page.columns.forEach((column, j) => {
      const cell = { row, column, shown: of.choices[0].cells[j], stale: true, near: false };
      const frame = frameOf(row, column);
      frame.cell = cell;
      cell.map = make("div", "map");
      cell.colours = make("canvas", "colours");
      cell.lines = make("canvas", "lines");
      cell.seen = make("div", "seen");
      cell.map.append(cell.colours, cell.lines);
      cell.seen.hidden = true;
      frame.append(cell.map, ...objectOf(row), cell.seen, make("div", "cut"), frame.across, frame.down);
      cell.lo = make("span");
      cell.hi = make("span");
      cell.bar = make("canvas");
      cell.scale = make("div", "scale", cell.lo, cell.bar, cell.hi);
      cell.none = make("p", "warning");
      cell.none.hidden = true;
      cell.value = make("output", "strong");
      cell.value.id = "value-" + rows.length + "-" + j;
      frame.setAttribute("aria-describedby", cell.value.id);
      cell.text = make("div");
      const text = make("div", "text", cell.none, cell.text);
      if (!column.derived) {
        cell.summary = make("summary");
        cell.list = make("ol");
        text.append(make("details", "", cell.summary, cell.list));
      }
      line.append(make("td", column.untrained ? "untrained" : "", speak(make("p", "name"), column.title), frame, cell.scale, cell.value, text));
      row.cells.push(cell);
      sight.observe(frame);
    });
    rows.push(row);
    tell(row);
    return line;
  };

  const field = (text, input, after) => {
    const label = make("label");
    const said = speak(make("span"), text);
    label.append(...(after ? [input, said] : [said, input]));
    return label;
  };
  const check = (text, is, changed) => {
    const input = make("input");
    input.type = "checkbox";
    input.checked = is;
    input.addEventListener("change", () => changed(input.checked));
    return { input, label: field(text, input, true), set: on => { input.checked = on; changed(on); }, flip: () => { input.checked = !input.checked; changed(input.checked); } };
  };
  const slider = (from, changed) => {
    const input = make("input");
    input.type = "range";
    input.min = 0;
    input.max = 1;
    input.step = 0.01;
    input.value = from;
    input.addEventListener("input", () => changed(Number(input.value)));
    return input;
  };
  const button = (text, done) => {
    const b = speak(make("button"), text);
    b.type = "button";
    b.addEventListener("click", done);
    return b;
  };

  const strength = slider(view.opacity, v => setOpacity(v));
  const setOpacity = v => {
    view.opacity = Math.min(Math.max(v, 0), 1);
    strength.value = view.opacity;
    root.style.setProperty("--opacity", view.opacity);
    foot();
  };
  const colours = make("select");
  page.colours.forEach((of, i) => {
    const option = speak(make("option"), of.label);
    option.value = i;
    colours.append(option);
  });
  const setColours = i => {
    view.colours = i;
    colours.value = i;
    repaint(cells());
    foot();
  };
  colours.addEventListener("change", () => setColours(Number(colours.value)));
  const set = (name, then) => on => { view[name] = on; then(); foot(); };
  const again = () => repaint(cells());
  const shared = check(words.shared, view.shared, set("shared", again));
  const grid = check(words.grid, view.grid, set("grid", () => { again(); rows.forEach(read); }));
  const grey = check(words.grey, view.grey, set("grey", () => root.classList.toggle("over-grey", view.grey)));
  const contours = check(words.contour, view.contoured, set("contoured", again));
  const object = check(words.object, view.object, set("object", () => root.classList.toggle("objects", view.object)));
  const located = page.rows.some(row => row.object);
  const at = slider(view.wipe, v => setWipe(v));
  speak(at, words["wipe.at"], "aria-label", "title");
  const wipe = check(words.wipe, false, on => { view.wiping = on; setWipe(view.wipe); });
  const setWipe = share => {
    view.wipe = share;
    at.value = share;
    at.hidden = !view.wiping;
    root.classList.toggle("wiping", view.wiping);
    root.style.setProperty("--wipe", view.wiping ? share : 0);
  };

  // Classes that every row has to choose.
  const key = choice => JSON.stringify(choice.class);
  const common = page.rows.length > 1 ? page.rows[0].choices.filter(choice => page.rows.every(row => row.choices.some(other => key(other) === key(choice)))) : [];
  let all = null;
  if (common.length && page.rows.some(row => row.choices.length > 1)) {
    all = make("select");
    all.append(speak(make("option"), words["all.each"]));
    all.firstChild.value = "";
    for (const choice of common) {
      const option = speak(make("option"), choice.class);
      option.value = key(choice);
      all.append(option);
    }
    all.addEventListener("change", () => {
      for (const row of rows) choose(row, all.value ? row.of.choices.findIndex(choice => key(choice) === all.value) : 0);
    });
  }

  const languages = make("select");
  speak(languages, words.language, "aria-label", "title");
  page.languages.forEach((tag, i) => {
    const option = make("option", "", words.name[i]);
    option.value = i;
    option.lang = tag;
    languages.append(option);
  });
  const setLanguage = i => {
    language = i;
    languages.value = i;
    root.lang = page.languages[i];
    spoken.forEach(again => again());
    document.title = say(page.title);
    rows.forEach(tell);
    rows.forEach(read);
    foot();
  };
  languages.addEventListener("change", () => setLanguage(Number(languages.value)));

  const help = make("dialog");
  const list = make("dl");
  const keys = [
    ["← → ↑ ↓", "key.arrows"], [words["key.point"], "key.point.does"], ["+ −", "key.strength"], ["c", "key.colours"], ["s", "key.shared"], ["g", "key.grid"],
    ["n", "key.signed"], ["b", "key.grey"], ...(page.view.contour > 0 ? [["l", "key.contour"]] : []), ...(located ? [["t", "key.object"]] : []), ["w", "key.wipe"], ["?", "key.help"],
  ];
  for (const [pressed, does] of keys) list.append(make("dt", "", speak(make("kbd"), pressed)), speak(make("dd"), words[does]));
  help.append(speak(make("h2", "title"), words.help), list, button(words.close, () => help.close()));

  const footer = make("footer");
  const foot = () => {
    const is = { shared: view.shared, grid: view.grid, grey: view.grey, signed: page.colours[view.colours].diverging, contour: view.contoured, object: view.object };
    const share = Number((100 * view.opacity).toPrecision(4)) + "%";
    footer.replaceChildren(...lines(page.foot.filter(one => !one.if || (one.if[0] === "!" ? !is[one.if.slice(1)] : is[one.if])).map(one => ({
      style: one.style || "",
      text: one.fill ? say(one.text).replace("{colours}", () => say(page.colours[view.colours].label)).replace("{opacity}", () => share) : one.text,
    }))));
  };

  const controls = make("div", "controls",
    field(words.strength, strength), field(words.colours, colours), shared.label, grid.label, grey.label,
    ...(page.view.contour > 0 ? [contours.label] : []), ...(located ? [object.label] : []), wipe.label, at, ...(all ? [field(words.all, all)] : []),
    make("span", "last", languages, button(words.print, () => print()), button(words.help, () => help.showModal())));
  const heads = make("tr", "", speak(make("th", "title"), words.picture));
  heads.firstChild.scope = "col";
  for (const column of page.columns) {
    const th = make("th", "", speak(make("p", "title"), column.title));
    th.scope = "col";
    for (const line of column.lines) th.append(speak(make("p", line.style), line.text));
    heads.append(th);
  }
  const body = make("tbody");
  document.body.prepend(make("header", "", speak(make("h1"), page.title), speak(make("p", "intro"), page.intro)), controls, make("table", "", make("thead", "", heads), body), footer, help);
  for (const of of page.rows) body.append(rowOf(of));
  root.style.setProperty("--columns", 1 + page.columns.length);
  new ResizeObserver(() => root.style.setProperty("--bar", controls.offsetHeight + "px")).observe(controls);
  setOpacity(view.opacity);
  colours.value = view.colours;
  root.classList.toggle("over-grey", view.grey);
  root.classList.toggle("objects", view.object);
  setWipe(view.wipe);
  setLanguage(language);

  // Keys, where nothing is being chosen or typed.
  const does = {
    "+": () => setOpacity(view.opacity + 0.1), "=": () => setOpacity(view.opacity + 0.1), "-": () => setOpacity(view.opacity - 0.1), "−": () => setOpacity(view.opacity - 0.1),
    c: () => setColours((view.colours + 1) % page.colours.length), s: shared.flip, g: grid.flip, b: grey.flip, w: wipe.flip, "?": () => help.showModal(),
    n: () => setColours(page.colours[view.colours].diverging ? page.colours.findIndex(of => !of.diverging) : page.signed),
    ...(page.view.contour > 0 ? { l: contours.flip } : {}), ...(located ? { t: object.flip } : {}),
  };
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || event.target.matches("select")) return;
    const todo = does[event.key.toLowerCase()];
    if (!todo) return;
    event.preventDefault();
    todo();
  });
})();
