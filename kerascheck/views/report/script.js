"use strict";
// Filters, theme, keys and printing. The page is complete without it.
(() => {
  const root = document.documentElement;
  const form = document.getElementById("filters");
  const search = form.elements.q;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const files = all(".file").map((element) => ({
    element,
    findings: [...element.querySelectorAll(".finding")].map((finding) => ({
      element: finding,
      severity: finding.dataset.severity,
      code: finding.dataset.code,
      text: `${element.dataset.name} ${finding.textContent}`.toLowerCase(),
    })),
  }));
  const findings = files.flatMap((file) => file.findings);
  const models = all(".model").map((element) => ({ element, text: element.textContent.toLowerCase() }));
  root.classList.add("js");

  const wanted = () => ({
    severities: all("[name=severity]:checked").map((box) => box.value),
    code: form.elements.code.value,
    words: search.value.toLowerCase().split(/\s+/).filter(Boolean),
  });

  function apply() {
    const { severities, code, words } = wanted();
    const visible = new Set();
    for (const finding of findings) {
      const passes =
        severities.includes(finding.severity) &&
        (!code || finding.code === code) &&
        words.every((word) => finding.text.includes(word));
      finding.element.hidden = !passes;
      if (passes) visible.add(finding.element.id);
    }
    for (const file of files) file.element.hidden = file.findings.every((finding) => finding.element.hidden);
    for (const rule of all(".rule")) {
      const places = [...rule.querySelectorAll("[data-for]")];
      for (const place of places) place.hidden = !visible.has(place.dataset.for);
      rule.hidden = places.every((place) => place.hidden);
    }
    for (const model of models) model.element.hidden = !words.every((word) => model.text.includes(word));
    const hide = (id, empty) => {
      const section = document.getElementById(id);
      if (section) section.hidden = empty;
    };
    hide("rules", visible.size === 0);
    hide("models", models.every((model) => model.element.hidden));
    document.getElementById("shown").textContent =
      visible.size === findings.length ? `${findings.length} findings` : `${visible.size} of ${findings.length} findings`;
    document.getElementById("nothing").hidden = visible.size > 0 || findings.length === 0;
  }

  // The filters are in the address, so that a view can be passed on: #severity=error&code=KC103&q=conv&theme=dark
  function remember() {
    const { severities, code } = wanted();
    const state = new URLSearchParams();
    if (severities.length < all("[name=severity]").length) state.set("severity", severities.join(","));
    if (code) state.set("code", code);
    if (search.value) state.set("q", search.value);
    try {
      history.replaceState(null, "", state.size ? `#${state}` : location.pathname + location.search);
    } catch {
      // a place where the address must not change
    }
  }

  function reset() {
    for (const box of all("[name=severity]")) box.checked = true;
    form.elements.code.value = "";
    search.value = "";
    apply();
  }

  function follow() {
    const hash = location.hash.slice(1);
    if (!hash.includes("=")) {
      const target = hash && document.getElementById(decodeURIComponent(hash));
      if (!target) return;
      if (target.closest("[hidden]")) reset();
      for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
      target.scrollIntoView();
      if (target.tabIndex === -1) target.focus({ preventScroll: true });
      return;
    }
    const state = new URLSearchParams(hash);
    const severities = state.get("severity")?.split(",");
    for (const box of all("[name=severity]")) box.checked = !severities || severities.includes(box.value);
    form.elements.code.value = state.get("code") ?? "";
    if (form.elements.code.selectedIndex < 0) form.elements.code.value = "";
    search.value = state.get("q") ?? "";
    if (["light", "dark"].includes(state.get("theme"))) root.dataset.theme = state.get("theme");
    apply();
  }

  form.addEventListener("input", () => {
    apply();
    remember();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    reset();
    remember();
  });
  addEventListener("hashchange", follow);

  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("kerascheck-theme", root.dataset.theme);
    } catch {
      // not kept
    }
  });
  try {
    const kept = localStorage.getItem("kerascheck-theme");
    if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  } catch {
    // as the system has it
  }

  // n and p: the next and the previous finding; /: search.
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      form.dispatchEvent(new Event("input"));
      search.blur();
      return;
    }
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
    } else if (event.key === "n" || event.key === "p") {
      const shown = findings.map((finding) => finding.element).filter((element) => !element.closest("[hidden]"));
      const at = shown.indexOf(document.activeElement.closest(".finding"));
      const next = shown[event.key === "n" ? at + 1 : Math.max(at - 1, 0)];
      if (next) {
        next.focus();
        next.scrollIntoView({ block: "center" });
      }
    }
  });

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });

  apply();
  follow();
})();
