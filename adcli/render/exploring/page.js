"use strict";
// The page's state: the inputs, what is swept, and the step that is shown. All else is computed from it.

const model = JSON.parse(document.getElementById("model").textContent);
const byName = new Map(model.nodes.map((node) => [node.name, node]));
const state = {
  x: model.inputs.map((input) => input.value),
  sweep: model.sweeps.length ? model.sweeps.find((s) => s.mode === model.first) || model.sweeps[0] : null,
  custom: {}, step: 0, playing: null, quiz: false, solved: new Set(), route: null,
};
const $ = (id) => document.getElementById(id);
const DOT = "\u0307", BAR = "\u0304";

function element(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "path", "text", "tspan", "defs", "marker"].includes(tag);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// Numbers and names

function written(number, digits = 6) {
  if (typeof number === "boolean") return String(number);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "undefined" : number > 0 ? "∞" : "−∞";
  const [mantissa, exponent] = Number(number.toPrecision(digits)).toString().split("e");
  const raised = (text) => [...text].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"["0123456789".indexOf(c)] || (c === "-" ? "⁻" : "")).join("");
  return mantissa.replace("-", "−") + (exponent ? `·10${raised(exponent)}` : "");
}

function called(kind, name) {
  const number = name.slice(1).replace("-", "−");
  const index = element("sub", {}, number);
  return element("var", {}, "v" + { v: "", t: DOT, a: BAR }[kind], index);
}

/** A formula in marked names, ⟦v3⟧, with names or with the numbers that `numbers(kind, name)` gives. */
function spelled(text, numbers) {
  const pieces = [];
  let raised = false;
  for (const part of text.split(/(⟦[vta]-?\d+⟧)/)) {
    const found = part.match(/^⟦([vta])(-?\d+)⟧$/);
    const target = [];
    if (!found) {
      let rest = part;
      if (raised) {
        const figure = rest.match(/^[\d.]+/);
        if (figure) { pieces.push(element("sup", {}, figure[0])); rest = rest.slice(figure[0].length); }
        raised = false;
      }
      for (const [i, bit] of rest.split("^").entries()) {
        if (i === 0) { target.push(bit.replaceAll("-", "−")); continue; }
        const figure = bit.match(/^(\([^()]*\)|[\d.]+)/);
        if (figure) target.push(element("sup", {}, figure[0].replace(/^\(|\)$/g, "").replaceAll("-", "−")), bit.slice(figure[0].length).replaceAll("-", "−"));
        else if (bit === "") raised = true;
        else target.push("^" + bit);
      }
    } else {
      const name = "v" + found[2];
      let shown = called(found[1], name);
      if (numbers) {
        const text = written(numbers(found[1], name));
        shown = text.startsWith("−") ? `(${text})` : text;
      }
      target.push(raised ? element("sup", {}, shown) : shown);
      raised = false;
    }
    pieces.push(...target);
  }
  return pieces;
}

// What is computed: once for all steps

let run = null;

function compute() {
  const numbers = [].concat(everyNumber(...model.given.map((i) => state.x[i])));
  const values = {}, faults = {}, kinks = [], off = new Set();
  let fault = null;
  for (const node of model.nodes) {
    const isOff = node.active !== null && numbers[node.active] !== 1;
    const lacking = node.args.find((a) => byName.has(a) && (faults[a] || off.has(a)) && !(node.op === "where"));
    if (isOff) { off.add(node.name); continue; }
    if (lacking) { faults[node.name] = true; continue; }
    const value = numbers[node.value];
    values[node.name] = node.boolean ? value === 1 : value;
    const outside = node.domain !== null && numbers[node.domain] !== 1;
    if (outside || !Number.isFinite(value)) {
      faults[node.name] = true;
      fault = fault || { node: node.name, outside, said: outside ? node.needs : "the value leaves the range of floating point" };
    } else if (node.kink !== null && numbers[node.kink] === 1) kinks.push(node.name);
  }
  const partials = model.links.map((link) => {
    if (link.partial === null || off.has(link.target) || off.has(link.source)) return null;
    if (link.branch !== null && values[byName.get(link.target).args[0]] !== link.branch) return null;
    return numbers[link.partial];
  });
  run = { numbers, values, faults, fault, kinks, off, partials, tangents: {}, adjoints: {}, infinite: null };
  run.steps = timeline();
}

const into = new Map(model.nodes.map((node) => [node.name, []]));
model.links.forEach((link, i) => into.get(link.target).push(i));

/** Nodes that what is differentiated by leads to. */
function dependent() {
  const found = new Set(model.inputs.filter((input) => input.sought).map((input) => input.node));
  for (const node of model.nodes) {
    if (into.get(node.name).some((i) => run.partials[i] !== null && found.has(model.links[i].source))) found.add(node.name);
  }
  return found;
}

function weight(table, key, standard) {
  const given = state.custom[table] && state.custom[table][key];
  return given === undefined || Number.isNaN(given) ? standard : given;
}

function timeline() {
  const steps = [];
  for (const node of model.nodes) {
    if (run.off.has(node.name)) continue;
    if (run.fault && (node.name === run.fault.node || run.faults[node.name])) {
      if (node.name === run.fault.node) { steps.push({ kind: "fault", node: node.name }); break; }
      continue;
    }
    steps.push({ kind: "value", node: node.name, after: run.values[node.name] });
  }
  if (run.fault || !state.sweep) return steps;
  const active = dependent();
  run.dependent = active;
  return steps.concat(state.sweep.mode === "forward" ? alongSteps(active) : backSteps(active));
}

function alongSteps(active) {
  const steps = [], tangents = run.tangents;
  for (const input of model.inputs) {
    const one = state.sweep.along === null ? weight("tangent", input.name, input === model.inputs.find((i) => i.sought) ? 1 : 0) : Number(input.name === state.sweep.along);
    tangents[input.node] = input.sought ? one : 0;
    steps.push({ kind: "tangent seed", node: input.node, after: tangents[input.node] });
  }
  for (const node of model.nodes) {
    if (node.op === "input" || run.off.has(node.name) || node.boolean) continue;
    const terms = into.get(node.name).filter((i) => run.partials[i] !== null && active.has(model.links[i].source));
    let sum = null;
    for (const i of terms) {
      const term = run.partials[i] * tangents[model.links[i].source];
      sum = sum === null ? term : sum + term;
    }
    if (sum !== null && !Number.isFinite(sum)) { steps.push({ kind: "infinite", node: node.name }); break; }
    tangents[node.name] = sum === null ? 0 : sum;
    steps.push({ kind: "tangent", node: node.name, terms, after: tangents[node.name] });
  }
  return steps;
}

function backSteps(active) {
  const steps = [], adjoints = run.adjoints;
  const seeds = new Map();
  for (const output of model.outputs) {
    const one = state.sweep.along === null ? weight("cotangent", output.name, 1) : Number(output.name === state.sweep.along);
    if (one && output.node) seeds.set(output.node, (seeds.get(output.node) || 0) + one);
  }
  for (const node of [...model.nodes].reverse()) {
    if (seeds.has(node.name)) {
      adjoints[node.name] = seeds.get(node.name);
      steps.push({ kind: "seed", node: node.name, after: adjoints[node.name] });
    }
  }
  for (const node of [...model.nodes].reverse()) {
    const own = adjoints[node.name];
    if (own === undefined) continue;
    for (const i of into.get(node.name)) {
      const link = model.links[i];
      if (run.partials[i] === null || !active.has(link.source)) continue;
      const share = own * run.partials[i], before = adjoints[link.source];
      if (!Number.isFinite(share)) { steps.push({ kind: "infinite", node: node.name }); return steps; }
      adjoints[link.source] = before === undefined ? share : before + share;
      steps.push({ kind: "adjoint", node: link.source, link: i, share, before, after: adjoints[link.source] });
    }
  }
  return steps;
}

// What is shown at a step

function told(step) {
  const known = { value: {}, tangent: {}, adjoint: {} };
  for (const s of run.steps.slice(0, step + 1)) {
    if (s.kind === "value") known.value[s.node] = s.after;
    if (s.kind === "tangent" || s.kind === "tangent seed") known.tangent[s.node] = s.after;
    if (s.kind === "adjoint" || s.kind === "seed") known.adjoint[s.node] = s.after;
  }
  return known;
}

function number(kind, name) {
  return { v: run.values, t: run.tangents, a: run.adjoints }[kind][name];
}

function line(...parts) { return element("p", {}, ...parts); }

/** What the present step says: lines for people. */
function explained(s) {
  const node = byName.get(s.node);
  const value = (x) => element("strong", { title: String(x) }, written(x));
  if (s.kind === "fault") return [line(called("v", s.node), " has no value here: ", run.fault.said)];
  if (s.kind === "infinite") return [line("The derivative of ", called("v", s.node), " is not finite here: the sweep ends.")];
  if (s.kind === "value") {
    const kink = run.kinks.includes(s.node) ? [line(element("span", { class: "bad" }, "a kink: derivatives follow the operation's convention"))] : [];
    if (node.op === "input") return [line("An input: ", called("v", s.node), " = ", node.label, " = ", value(s.after))];
    const args = spelled(node.formula, number);
    return [
      element("p", { class: "main" }, called("v", s.node), " = ", ...spelled(node.formula)),
      line("= ", ...args, " = ", value(s.after)), ...(node.label ? [line(element("span", { class: "quiet" }, `the program's ${node.label}`))] : []), ...kink,
    ];
  }
  if (s.kind === "tangent seed") return [line("A seed of the forward sweep: ", called("t", s.node), " = ", value(s.after))];
  if (s.kind === "tangent") {
    if (!s.terms.length) return [line(called("t", s.node), " = ", value(0), ": it depends on nothing that is differentiated by")];
    const sum = s.terms.flatMap((i, k) => [k ? " + " : "", called("t", model.links[i].source), " · ", partialOf(i)]);
    return [
      element("p", { class: "main" }, called("t", s.node), " = ", ...(node.tangent && s.terms.length === node.flows ? spelled(node.tangent) : sum)),
      line("= ", ...s.terms.flatMap((i, k) => [k ? " + " : "", bracketed(run.tangents[model.links[i].source]), " × ", bracketed(run.partials[i])]), " = ", value(s.after)),
    ];
  }
  if (s.kind === "seed") return [line("The seed of the reverse sweep: ", called("a", s.node), " = ", value(s.after))];
  const link = model.links[s.link];
  return [
    element("p", { class: "main" }, called("a", s.node), s.before === undefined ? " = " : " += ", ...spelled(link.share)),
    line(partialOf(s.link), " = ", ...spelled(link.rule), " = ", value(run.partials[s.link])),
    line(called("v", link.target), " passes on ", bracketed(run.adjoints[link.target]), " × ", bracketed(run.partials[s.link]), " = ", value(s.share)),
    line(called("a", s.node), " = ", s.before === undefined ? "" : `${written(s.before)} + ${bracketed(s.share)} = `, value(s.after)),
  ];
}

function bracketed(x) {
  const text = written(x);
  return text.startsWith("−") ? `(${text})` : text;
}

function partialOf(i) {
  const link = model.links[i];
  return element("span", {}, "∂", called("v", link.target), "/∂", called("v", link.source));
}

function show() {
  const last = run.steps.length - 1;
  state.step = Math.max(0, Math.min(state.step, last));
  const s = run.steps[state.step];
  const hidden = state.quiz && asks(s) && !state.solved.has(state.step);
  const known = told(hidden ? state.step - 1 : state.step);
  $("place").max = last;
  $("place").value = state.step;
  $("where").textContent = `step ${state.step + 1} of ${last + 1}`;
  $("place").setAttribute("aria-valuetext", `step ${state.step + 1} of ${last + 1}`);
  $("now").replaceChildren(...(hidden ? asked(s) : explained(s)));
  $("fault").replaceChildren(...faultLine());
  showGraph(s, known);
  showTable(s, known);
  showCost();
  showQuiz(s, hidden);
  showRoutes();
}

function faultLine() {
  if (!run.fault) return run.kinks.length ? ["A kink at ", ...run.kinks.flatMap((name, i) => [i ? ", " : "", called("v", name)]), ": the derivative follows a convention there."] : [];
  return [called("v", run.fault.node), ` has no value here: ${run.fault.said}`];
}

function mark(name, on) {
  for (const found of document.querySelectorAll(`[data-node="${CSS.escape(name)}"]`)) found.classList.toggle("near", on);
}

function drawGraph() {
  const { width, height } = model.layout;
  const picture = element("svg", { viewBox: `-3 -3 ${width + 6} ${height + 6}`, width: width + 6, style: `min-width: ${Math.round(0.62 * width)}px`, role: "img", "aria-label": `the computational graph: ${model.nodes.length} nodes` });
  picture.append(element("defs", {}, element("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" }, element("path", { d: "M0 0 8 4 0 8z", fill: "currentColor" }))));
  model.links.forEach((link, i) => {
    const label = element("text", { x: link.at[0], y: link.at[1] });
    picture.append(element("g", { class: "edge", id: `edge${i}` }, element("path", { d: link.path, "marker-end": "url(#tip)" }), label));
  });
  for (const node of model.nodes) {
    const [x, y] = node.at, w = model.layout.box[0], h = model.layout.box[1];
    const text = (dy, kind) => element("text", { x, y: y + dy, class: kind });
    picture.append(element("g", { class: "node", id: `node${node.name}`, "data-node": node.name, onmouseenter: () => mark(node.name, true), onmouseleave: () => mark(node.name, false) },
      element("rect", { x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 8 }),
      text(-h / 2 + 17, "name"), text(-h / 2 + 34, "value"), text(-h / 2 + 51, "slope")));
  }
  $("graph").closest("section").classList.toggle("wide", width > 900);
  $("graph").replaceChildren(picture);
}

function showGraph(s, known) {
  for (const node of model.nodes) {
    const box = document.getElementById(`node${node.name}`);
    const [name, value, slope] = box.querySelectorAll("text");
    box.classList.toggle("on", s.node === node.name);
    box.classList.toggle("known", node.name in known.value);
    box.classList.toggle("off", run.off.has(node.name));
    box.classList.toggle("bad", Boolean(run.fault) && run.fault.node === node.name);
    name.textContent = `v${lowered(node.name.slice(1))} = ${short(node)}`;
    value.textContent = node.name in known.value ? written(known.value[node.name], 5) : "";
    const forward = state.sweep && state.sweep.mode === "forward", table = forward ? known.tangent : known.adjoint;
    slope.textContent = node.name in table ? `v${forward ? DOT : BAR} = ${written(table[node.name], 5)}` : "";
    slope.setAttribute("class", forward ? "along" : "back");
  }
  model.links.forEach((link, i) => {
    const edge = document.getElementById(`edge${i}`), partial = run.partials[i];
    const passed = link.source in known.value && link.target in known.value && partial !== null;
    edge.classList.toggle("off", run.off.has(link.target) || run.off.has(link.source));
    edge.classList.toggle("on", s.link === i || Boolean(state.route && state.route.includes(i)));
    edge.classList.toggle("along", s.kind === "tangent" && s.terms.includes(i));
    edge.querySelector("text").textContent = passed ? written(partial, 4) : "";
  });
  for (const part of document.querySelectorAll("#formula [data-node]")) part.classList.toggle("on", part.dataset.node === s.node);
}

const lowered = (text) => [...text].map((c) => (c === "-" ? "₋" : "₀₁₂₃₄₅₆₇₈₉"[Number(c)])).join("");

function short(node) {
  if (node.op === "input") return node.label;
  const text = node.formula.replaceAll(/(?<!⟦v)-/g, "−").replace(/⟦v(-?\d+)⟧/g, (_, n) => `v${lowered(n)}`);
  return text.length > 15 ? text.slice(0, 14) + "…" : text;
}

function showTable(s, known) {
  const forward = state.sweep && state.sweep.mode === "forward";
  const cell = (table, name, kind) => element("td", { class: kind, title: name in table ? String(table[name]) : null }, name in table ? written(table[name]) : "");
  const rows = model.nodes.map((node) => element("tr", { "data-node": node.name, class: `${s.node === node.name ? "on" : ""} ${run.off.has(node.name) ? "off" : ""}`, onmouseenter: () => mark(node.name, true), onmouseleave: () => mark(node.name, false) },
    element("td", {}, called("v", node.name)), element("td", {}, "= ", ...(node.op === "input" ? [node.label] : spelled(node.formula))),
    cell(known.value, node.name, "value"), cell(forward ? known.tangent : known.adjoint, node.name, forward ? "along" : "back")));
  const head = element("tr", {}, ...["node", "what it is", "value v", forward ? `tangent v${DOT}` : `adjoint v${BAR}`].map((text) => element("th", { scope: "col" }, text)));
  $("table").replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows));
  const on = $("table").querySelector("tr.on");
  if (on && document.activeElement === document.body) on.scrollIntoView({ block: "nearest" });
}

function showCost() {
  const inputs = model.inputs.filter((i) => i.sought).length, outputs = model.outputs.length;
  const operations = model.nodes.filter((n) => n.op !== "input" && !run.off.has(n.name)).length;
  const links = run.partials.filter((p, i) => p !== null && run.dependent && run.dependent.has(model.links[i].source)).length;
  const done = run.steps.slice(0, state.step + 1);
  const so = { value: done.filter((x) => x.kind === "value" && byName.get(x.node).op !== "input").length, tangent: done.filter((x) => x.kind === "tangent").reduce((n, x) => n + x.terms.length, 0), adjoint: done.filter((x) => x.kind === "adjoint").length };
  const most = Math.max(inputs, outputs) * links || 1, forward = state.sweep && state.sweep.mode === "forward";
  const bar = (sweeps, kind) => element("div", { class: `bar ${kind}`, style: `width:${(100 * sweeps * links) / most}%` });
  const row = (said, ...cells) => element("tr", {}, element("th", { scope: "row" }, said), ...cells.map((x) => element("td", {}, x)));
  $("cost").replaceChildren(element("thead", {}, element("tr", {}, element("td"), element("th", { scope: "col" }, "forward"), element("th", { scope: "col" }, "reverse"))), element("tbody", {},
    row("sweeps for the whole Jacobian", `${inputs}`, `${outputs}`), row("operations of the values", `${operations}`, `${operations}`),
    row("products of the sweeps", `${inputs} × ${links} = ${inputs * links}`, `${outputs} × ${links} = ${outputs * links}`), row("", bar(inputs, ""), bar(outputs, "back")),
    row("products so far", forward ? `${so.tangent}` : "–", forward ? "–" : `${so.adjoint}`),
    row("values kept on the tape", "0", `${Math.min(so.value, operations)} of ${operations}`)));
}

// The quiz: a number is asked for before it is shown

const asks = (s) => ["value", "tangent", "adjoint"].includes(s.kind) && byName.get(s.node).op + s.kind !== "inputvalue" && typeof s.after === "number";

function asked(s) {
  const node = byName.get(s.node);
  if (s.kind === "value") return [element("p", { class: "main" }, called("v", s.node), " = ", ...spelled(node.formula), " = ?"), line(...spelled(node.formula, number))];
  if (s.kind === "tangent") return [element("p", { class: "main" }, called("t", s.node), " = ?"), line("the tangent of ", ...spelled(node.formula))];
  const link = model.links[s.link];
  return [element("p", { class: "main" }, called("a", s.node), " = ?"), line(called("v", link.target), " = ", ...spelled(byName.get(link.target).formula), " passes its share on", s.before === undefined ? "" : `, on top of ${written(s.before)}`)];
}

function showQuiz(s, hidden) {
  $("quiz").hidden = !state.quiz;
  if (!state.quiz) return;
  $("answer").disabled = $("try").disabled = !hidden;
  if (hidden && $("hint").dataset.step !== String(state.step)) { $("hint").textContent = ""; $("answer").value = ""; }
  $("hint").dataset.step = state.step;
}

const near = (a, b) => Math.abs(a - b) <= Math.max(1e-9, 5e-3 * Math.abs(b));

/** What a wrong number probably came from: the slips that learners make. */
function slip(s, given) {
  if (near(given, -s.after) && s.after) return "the sign is wrong";
  if (s.kind === "value") {
    const node = byName.get(s.node), args = node.args.map((a) => (byName.has(a) ? run.values[a] : Number(a)));
    if (args.length === 2) {
      const [a, b] = args, others = { "+": a + b, "-": a - b, "*": a * b, "/": a / b, "^": a ** b };
      for (const [symbol, x] of Object.entries(others)) if (symbol !== node.symbol && near(given, x)) return `that would be ${symbol}, and it is ${node.symbol}`;
      const swapped = { "-": b - a, "/": b / a, "^": b ** a }[node.symbol];
      if (swapped !== undefined && near(given, swapped)) return "the arguments are swapped";
    }
    if (node.degrees !== null && near(given, run.numbers[node.degrees])) return "the angle is in radians, not degrees";
    return "";
  }
  const terms = s.kind === "adjoint" ? [s.link] : s.terms;
  const factor = (i) => (s.kind === "adjoint" ? run.adjoints[model.links[i].target] : run.tangents[model.links[i].source]);
  if (s.kind === "adjoint" && s.before !== undefined && near(given, s.share)) return "a summand of the fan-out is forgotten: there was something before";
  for (const i of terms) {
    const share = factor(i) * run.partials[i], rest = s.after - share;
    if (terms.length > 1 && near(given, rest)) return "a summand is forgotten";
    if (terms.length > 1 && near(given, share)) return "only one summand is there";
    if (near(given, rest + run.partials[i])) return "the factor of the chain rule is forgotten: the tangent or adjoint that it is multiplied by";
    if (near(given, rest + factor(i))) return "the partial derivative is forgotten";
    if (near(given, rest - share)) return "the sign of one summand is wrong";
    const other = into.get(model.links[i].target).find((j) => j !== i && run.partials[j] !== null);
    if (other !== undefined && near(given, rest + factor(i) * run.partials[other])) return "the factors are swapped: it is the partial derivative by the other argument";
  }
  return "";
}

function check(event) {
  event.preventDefault();
  const s = run.steps[state.step], given = Number($("answer").value.replace(",", ".").replace("−", "-"));
  if ($("answer").value.trim() === "" || Number.isNaN(given)) { $("hint").textContent = "a number, please"; return; }
  if (near(given, s.after)) {
    state.solved.add(state.step);
    show();
    $("hint").className = "good";
    $("hint").textContent = "✓ right";
  } else {
    $("hint").className = "bad";
    $("hint").textContent = `not yet${slip(s, given) ? `: ${slip(s, given)}` : ""}`;
  }
}

// Paths: a derivative is the sum over all of them

const MOST = 200;

function routes(from, to) {
  const found = [], out = new Map(model.nodes.map((n) => [n.name, []]));
  model.links.forEach((link, i) => { if (run.partials[i] !== null) out.get(link.source).push(i); });
  const stack = [[from, []]];
  while (stack.length && found.length <= MOST) {
    const [node, passed] = stack.pop();
    if (node === to) { found.push(passed); continue; }
    for (const i of [...out.get(node)].reverse()) stack.push([model.links[i].target, [...passed, i]]);
  }
  return found;
}

function showRoutes() {
  const from = model.inputs.find((i) => i.name === $("from").value), to = model.outputs.find((o) => o.name === $("to").value);
  if (!from || !to || run.fault || !$("paths").open) { $("routes").replaceChildren(); return; }
  const all = to.node ? routes(from.node, to.node) : [], shown = all.slice(0, MOST);
  const product = (path) => path.reduce((x, i) => x * run.partials[i], 1);
  const sum = shown.reduce((x, path) => x + product(path), 0);
  const button = (path) => element("button", { type: "button", "aria-pressed": String(Boolean(state.route) && String(state.route) === String(path)), onclick: () => { state.route = String(state.route) === String(path) ? null : path; show(); } },
    called("v", from.node), ...path.flatMap((i) => [" → ", called("v", model.links[i].target)]), ": ", ...(path.length ? path.flatMap((i, k) => [k ? " × " : "", bracketed(run.partials[i])]) : ["1"]), ` = ${written(product(path))}`);
  const more = all.length > MOST ? [line(`more than ${MOST} paths: their sum is not shown`)] : [element("p", { id: "sum", title: String(sum) }, `∂${to.name}/∂${from.name} = ${written(sum)}, the sum over ${all.length === 1 ? "one path" : `${all.length} paths`}`)];
  $("routes").replaceChildren(...more, ...shown.map(button));
}

// What the reader does

function go(step) { state.step = step; show(); }

function play(on) {
  if (state.playing) clearInterval(state.playing);
  state.playing = null;
  if (on) {
    if (state.step >= run.steps.length - 1) state.step = 0;
    state.playing = setInterval(() => { if (state.step >= run.steps.length - 1) play(false); else go(state.step + 1); }, Number($("speed").value));
  }
  $("play").textContent = on ? "❚❚" : "▶";
  $("play").setAttribute("aria-label", on ? "pause" : "play");
}

function changed() {
  const kept = state.step >= run.steps.length - 1;
  state.solved.clear();
  state.route = null;
  compute();
  if (kept) state.step = run.steps.length - 1;
  show();
}

function inputs() {
  const made = [];
  model.inputs.forEach((input, k) => {
    const reach = 2 * Math.max(Math.abs(input.value), 1), id = `input${k}`;
    const field = element("input", { type: "number", step: "any", id, value: String(input.value) });
    const slider = element("input", { type: "range", min: input.value - reach, max: input.value + reach, step: reach / 200, value: String(input.value), "aria-label": `${input.name}, by sliding` });
    const set = (text, other) => {
      const x = Number(text);
      if (text.trim() === "" || Number.isNaN(x)) return;
      state.x[k] = x;
      other.value = text;
      changed();
    };
    field.addEventListener("input", () => set(field.value, slider));
    slider.addEventListener("input", () => set(slider.value, field));
    made.push(element("label", { for: id }, input.name), field, slider);
  });
  $("inputs").replaceChildren(...made);
}

function customFields() {
  const sweep = state.sweep, custom = sweep && sweep.along === null;
  $("custom").hidden = !custom;
  if (!custom) return;
  const forward = sweep.mode === "forward", table = forward ? "tangent" : "cotangent";
  const names = forward ? model.inputs.filter((i) => i.sought).map((i) => i.name) : model.outputs.map((o) => o.name);
  state.custom[table] = state.custom[table] || Object.fromEntries(names.map((name, i) => [name, forward ? Number(i === 0) : 1]));
  $("custom").replaceChildren(...names.map((name) => element("label", {}, `${forward ? "tangent" : "weight"} of ${name} `,
    element("input", { type: "number", step: "any", value: String(state.custom[table][name]), style: "width:6rem", oninput: (e) => { state.custom[table][name] = Number(e.target.value); changed(); } }))));
}

function start() {
  for (const [k, sweep] of model.sweeps.entries()) $("sweep").append(element("option", { value: k, selected: sweep === state.sweep }, sweep.said));
  for (const input of model.inputs.filter((i) => i.sought)) $("from").append(element("option", { value: input.name }, input.name));
  for (const output of model.outputs) $("to").append(element("option", { value: output.name }, output.name));
  $("sweep").addEventListener("change", () => { state.sweep = model.sweeps[Number($("sweep").value)]; customFields(); changed(); });
  $("first").addEventListener("click", () => go(0));
  $("back").addEventListener("click", () => { play(false); go(state.step - 1); });
  $("play").addEventListener("click", () => play(!state.playing));
  $("on").addEventListener("click", () => { play(false); go(state.step + 1); });
  $("last").addEventListener("click", () => go(run.steps.length - 1));
  $("place").addEventListener("input", () => { play(false); go(Number($("place").value)); });
  $("speed").addEventListener("change", () => { if (state.playing) play(true); });
  $("ask").addEventListener("click", () => { state.quiz = !state.quiz; $("ask").setAttribute("aria-pressed", String(state.quiz)); show(); });
  $("quiz").addEventListener("submit", check);
  $("give").addEventListener("click", () => { state.solved.add(state.step); show(); });
  for (const id of ["from", "to"]) $(id).addEventListener("change", () => { state.route = null; show(); });
  $("paths").addEventListener("toggle", () => { state.route = null; show(); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName)) return;
    const action = { ArrowLeft: () => { play(false); go(state.step - 1); }, ArrowRight: () => { play(false); go(state.step + 1); }, Home: () => go(0), End: () => go(run.steps.length - 1) }[event.key];
    if (action) { event.preventDefault(); action(); }
    else if (event.key === " " && !["BUTTON", "SUMMARY"].includes(event.target.tagName)) { event.preventDefault(); play(!state.playing); }
  });
  for (const part of document.querySelectorAll("#formula [data-node]")) {
    part.addEventListener("mouseover", (e) => { e.stopPropagation(); mark(part.dataset.node, true); });
    part.addEventListener("mouseout", () => mark(part.dataset.node, false));
  }
  inputs();
  customFields();
  drawGraph();
  compute();
  show();
}

start();
