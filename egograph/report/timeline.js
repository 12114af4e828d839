"use strict";
for (const timeline of document.querySelectorAll("[data-timeline]")) {
  const rows = JSON.parse(timeline.querySelector("script").textContent);
  const clips = [...timeline.querySelectorAll(".clip")];
  const cursor = timeline.querySelector(".cursor");
  const chosen = timeline.querySelector(".chosen");
  let current = Math.max(0, rows.findIndex((row) => !row[5]));

  function element(name, text, parent, className) {
    const made = document.createElement(name);
    if (text !== null) made.textContent = text;
    if (className) made.className = className;
    parent.append(made);
    return made;
  }

  function choose(place) {
    clips[current].tabIndex = -1;
    clips[place].tabIndex = 0;
    current = place;
    show(place);
  }

  function show(place) {
    const [clip, time, verb, noun, confidence, abstain, age, top, triplets] = rows[place];
    cursor.hidden = chosen.hidden = false;
    cursor.style.left = clips[place].style.left;
    cursor.style.width = clips[place].style.width;
    chosen.classList.toggle("unsure", abstain);
    chosen.replaceChildren();
    const head = element("div", null, chosen);
    element("strong", abstain ? "unsure" : `${verb} ${noun}`, head);
    element("p", `clip ${clip}, ${time}`, head);
    element("p", `confidence ${confidence.toFixed(2)}, label age ${age} ms`, head);
    const table = element("table", null, chosen, "ranked");
    element("caption", abstain ? "too unsure to say; what came closest" : "likeliest actions", table);
    for (const [name, p] of top) {
      const row = element("tr", null, table);
      element("th", name, row).scope = "row";
      element("td", p.toFixed(2), row).style.setProperty("--p", p);
    }
    const carried = element("div", null, chosen);
    element("h5", "What carried it", carried);
    const list = element("ul", null, carried, "triplets");
    for (const [first, relation, second, p] of triplets) {
      const item = element("li", null, list);
      element("span", `${first} `, item);
      element("i", relation, item, relation);
      element("span", ` ${second} `, item);
      element("small", p.toFixed(2), item);
    }
    if (!triplets.length) element("li", "no relation stood out", list, "none");
  }

  clips.forEach((clip, place) => {
    clip.addEventListener("click", () => choose(place));
    clip.addEventListener("focus", () => choose(place));
    clip.addEventListener("mouseenter", () => show(place));
  });
  timeline.querySelector(".actions").addEventListener("mouseleave", () => show(current));
  timeline.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -clips.length, End: clips.length };
    if (!(event.key in steps) || !event.target.classList.contains("clip")) return;
    event.preventDefault();
    clips[Math.min(Math.max(current + steps[event.key], 0), clips.length - 1)].focus();
  });
  choose(current);
}
