"use strict";
// Filters of the table of verdicts; their state is the URL's fragment, so that a view can be shared.
// A fragment without "=" is a place in the page and leaves the filters alone.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const rows = [...document.querySelectorAll("#rows > tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const fields = [...form.elements].filter((field) => field.name);

  const apply = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/);
    const chosen = fields.filter((field) => field.name !== "q" && field.value);
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !(
        chosen.every((field) => row.dataset[field.name] === field.value) &&
        words.every((word) => texts[at].includes(word))
      );
      shown += !row.hidden;
    });
    document.getElementById("shown").textContent = `${shown} of ${rows.length} verdicts`;
  };

  const keep = () => {
    const state = new URLSearchParams(fields.filter((f) => f.value).map((f) => [f.name, f.value]));
    history.replaceState(null, "", `#${state.size ? state : "verdicts"}`);
  };

  const restore = () => {
    const place = location.hash.slice(1);
    if (!place.includes("=")) return false;
    const state = new URLSearchParams(place);
    for (const field of fields) {
      const value = state.get(field.name) ?? "";
      const known = !field.options || [...field.options].some((option) => option.value === value);
      field.value = known ? value : "";
    }
    apply();
    document.getElementById("verdicts").scrollIntoView();
    return true;
  };

  form.hidden = false;
  for (const event of ["input", "change"]) {
    form.addEventListener(event, () => { apply(); keep(); });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are empty only after the event.
  form.addEventListener("reset", () => setTimeout(() => { apply(); keep(); }));
  addEventListener("hashchange", restore);
  for (const link of document.querySelectorAll("a[data-filter]")) {
    link.href = `#${link.dataset.filter}`;
  }
  // A browser that goes back may have kept what stood in the fields.
  if (!restore()) apply();
})();

// On paper nothing can be opened.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
